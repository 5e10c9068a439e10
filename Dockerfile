# One image for web, worker, beat and migrate; docker-compose.yml says which command each runs.

# -- what the browser loads
FROM node:22-slim AS front-end
WORKDIR /portal
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund

# -- what Python loads
FROM python:3.11-slim AS packages
COPY requirements.lock /
RUN python -m venv /venv \
    && /venv/bin/pip install --no-cache-dir --disable-pip-version-check --require-hashes --only-binary :all: \
        --requirement /requirements.lock

# -- what paper is set in, out of a package of which nothing else is wanted
FROM python:3.11-slim AS fonts
WORKDIR /fonts
RUN apt-get update && apt-get download texlive-lang-chinese fonts-liberation \
    && for package in *.deb; do dpkg-deb --extract "$package" unpacked; done \
    && for font in unpacked/usr/share/texlive/texmf-dist/fonts/opentype/public/fandol/Fandol[FHKS]*.otf; do \
        mv "$font" "$(basename "$font" | tr A-Z a-z)"; done \
    && mv unpacked/usr/share/fonts/truetype/liberation*/LiberationSerif-Regular.ttf latin.ttf \
    && rm --recursive --force unpacked *.deb /var/lib/apt/lists/*

# -- the portal
FROM python:3.11-slim
# Documents are set by Pango in Fandol and Noto CJK, unless the agency's own fonts lie in /usr/local/share/fonts.
RUN apt-get update \
    && apt-get install --yes --no-install-recommends libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-noto-cjk fonts-dejavu-core \
    && rm --recursive --force /var/lib/apt/lists/*
RUN useradd --system --uid 10001 --user-group --no-create-home --shell /usr/sbin/nologin portal
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
COPY --from=packages /venv /venv
WORKDIR /portal
COPY --from=front-end /portal/node_modules node_modules
COPY --from=fonts /fonts fonts
COPY . .
# Static files are the same in every mode, and collecting them needs neither secrets nor a database.
RUN PORTAL_MODE=demo python manage.py collectstatic --noinput \
    && install --directory --owner portal --group portal var/beat var/media
ENV PORTAL_MODE=production
USER portal
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s --retries=3 \
    CMD ["python", "bin/healthy", "http://127.0.0.1:8000/healthz"]
CMD ["gunicorn", "portal.wsgi:application", "--bind", "0.0.0.0:8000", "--workers", "4", "--threads", "8", "--preload", "--no-control-socket", "--worker-tmp-dir", "/dev/shm", "--max-requests", "2000", "--max-requests-jitter", "200"]
