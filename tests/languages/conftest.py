from __future__ import annotations

import pytest

from iterapp_nats.languages.registry import LANGUAGES, Language


@pytest.fixture(params=LANGUAGES, ids=lambda language: language.name)
def language(request: pytest.FixtureRequest) -> Language:
    chosen: Language = request.param
    return chosen
