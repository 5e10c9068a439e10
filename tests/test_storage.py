"""Files in an S3 storage: the portal keeps, reads, streams and sweeps them there as it does on a disk."""

import io
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import boto3
import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from moto.server import ThreadedMotoServer

from portal import clock
from portal.environment import Unfit, storage
from portal.services.stored import sweep
from portal.views.ranges import file_in_pieces

BUCKET, WORD = "portal-files", bytes(range(256)) * 40


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """An S3 server, with an empty bucket."""
    running = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    running.start()
    host, port = running.get_host_and_port()
    address = f"{host}:{port}"
    keys = {"aws_access_key_id": "key", "aws_secret_access_key": "secret", "region_name": "us-east-1"}
    boto3.client("s3", endpoint_url=f"http://{address}", **keys).create_bucket(Bucket=BUCKET)
    yield address
    running.stop()


@pytest.fixture(autouse=True)
def kept_there(server: str, settings: Any) -> None:
    """The portal's files lie in that bucket."""
    settings.STORAGES = settings.STORAGES | {"default": storage(f"s3+http://key:secret@{server}/{BUCKET}")}


def test_what_is_kept_is_read_again_and_never_overwritten() -> None:
    first = default_storage.save("papers/202411/a.pdf", ContentFile(WORD))
    second = default_storage.save("papers/202411/a.pdf", ContentFile(b"another"))
    assert first == "papers/202411/a.pdf"
    assert second != first
    with default_storage.open(first) as file:
        assert file.read() == WORD
        file.seek(300)
        assert file.read(4) == WORD[300:304], "pages of a file are read from anywhere"
    assert default_storage.size(first) == len(WORD)


def test_a_download_goes_on_where_it_broke_off() -> None:
    kept = default_storage.save("packages/202411/p.zip", ContentFile(WORD))
    facts: dict[str, Any] = {"size": len(WORD), "digest": "d", "name": "p.zip"}
    whole = file_in_pieces("", "", default_storage.open(kept), **facts)
    assert b"".join(whole.streaming_content) == WORD
    whole.close()
    rest = file_in_pieces("bytes=4000-", '"d"', default_storage.open(kept), **facts)
    assert (rest.status_code, b"".join(rest.streaming_content)) == (206, WORD[4000:])


def test_what_no_row_points_at_is_swept_after_a_day() -> None:
    kept = default_storage.save("swept/1/kept.png", ContentFile(b"kept"))
    lost = default_storage.save("swept/1/lost.png", ContentFile(b"lost"))
    assert sweep("swept", lambda names: names & {kept}) == 0, "its row may not be committed yet"
    with clock.shifted(clock.now() + timedelta(days=2)):
        assert sweep("swept", lambda names: names & {kept}) == 1
    assert default_storage.exists(kept)
    assert not default_storage.exists(lost)
    assert sweep("nothing-was-ever-put-here", lambda names: names) == 0


def test_a_large_upload_goes_there_in_parts() -> None:
    content = WORD * 1_000  # 10 MB: more than one part
    kept = default_storage.save("evidence/1/film.mp4", io.BytesIO(content))  # type: ignore[arg-type]
    with default_storage.open(kept) as file:
        assert file.read() == content


@pytest.mark.parametrize(
    "raw",
    ["https://k:s@store.example/b", "s3://k:s@store.example", "s3://k:s@store.example/a/b", "s3://store.example/b"],
)
def test_an_address_that_is_none_is_refused(raw: str) -> None:
    with pytest.raises(Unfit):
        storage(raw)


def test_an_address_names_region_style_and_secrets_with_signs_in_them() -> None:
    found = storage("s3://k:s%2Fe%40t@oss.example:9000/files?region=cn-wuhan&style=virtual")["OPTIONS"]
    assert found["endpoint_url"] == "https://oss.example:9000"
    assert (found["secret_key"], found["region_name"], found["addressing_style"]) == ("s/e@t", "cn-wuhan", "virtual")
