"""What the ladder's verbs and details are called on the auditor's page."""

VERBS = {
    "edition.load": "载入要素条件版本",
}

DETAILS: dict[str, str] = {}
