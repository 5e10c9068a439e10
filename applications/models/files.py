"""Attachments, and pictures within a text."""

from django.db import models

from applications.models.applications import Application
from portal.models import StoredFile
from tiers.models.factories import OfEnterprise


class Attachment(OfEnterprise, StoredFile):
    """A file that comes with an application, for one field. What was submitted with it keeps its content for good."""

    application = models.ForeignKey(Application, models.CASCADE, related_name="files")

    class Meta(StoredFile.Meta):
        verbose_name = "申报附件"
