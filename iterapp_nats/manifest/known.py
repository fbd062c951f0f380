"""The keys of iterapp.toml as practised: from 122 versions of 29 public files"""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

ROOT_VALUES: Final = frozenset(
    {
        "applings",
        "auto_deploy_env",
        "default_environment",
        "domains",
        "emoji",
        "from_to_www_redirect",
        "liveness_path",
        "port",
        "readiness_path",
        "replicas",
    }
)
"""Keys of the root whose value is no table: below a header they belong to the wrong table"""

ROOT_KEYS: Final = ROOT_VALUES | {
    "build",
    "build_secrets",
    "cronjobs",
    "env",
    "experimental",
    "files",
    "ingress",
    "name",
    "nats",
    "postgres",
    "requests",
    "static",
}
"""All keys seen at the root"""

SECTIONS: Final = ("nats", "postgres", "build", "requests", "ingress")
"""Tables with few keys of their own; the free-form ones may hold any name"""

ENVIRONMENTS: Final = frozenset({"common", "prod", "test", "snap", "local"})
"""Tables under `env`"""

PLATFORM_VARIABLES: Final = frozenset(
    {"NATS_URL", "NATS_CREDENTIALS", "NATS_CREDENTIALS_FILE", "NATS_CA_FILE"}
)
"""Set by the platform in every pod of an app that has NATS"""

OTHER_NAMES: Final = MappingProxyType(
    {
        "environment": "env",
        "health": "readiness_path",
        "health_path": "readiness_path",
        "healthcheck": "readiness_path",
        "postgresql": "postgres",
        "readiness": "readiness_path",
        "secrets": "build_secrets",
    }
)
"""Names that people write for a known key and that spelling alone does not lead to"""
