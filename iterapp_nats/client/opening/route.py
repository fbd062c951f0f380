"""Everything that decides where a connection goes and as whom"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from iterapp_nats.client.opening.login import load_login, load_trust, reload_login

if TYPE_CHECKING:
    import ssl

    from iterapp_nats.client.opening.login import Login
    from iterapp_nats.client.policy import ConnectPolicy
    from iterapp_nats.security.claims import Permissions
    from iterapp_nats.settings import Settings


@dataclass(frozen=True, slots=True)
class Route:
    """Settings with their files read and checked"""

    settings: Settings
    policy: ConnectPolicy
    name: str
    login: Login | None
    trust: ssl.SSLContext | None

    @property
    def wants_tls(self) -> bool:
        """Whether plaintext would be a downgrade"""
        return self.trust is not None

    @property
    def permissions(self) -> Permissions | None:
        """What the credentials allow, None where only the server knows"""
        rights = self.login.identity.rights if self.login else None
        return rights.permissions if rights else None

    def renewed(self) -> Route | None:
        """Return the route with rotated credentials, None when the creds file holds nothing new

        Raises what `load_login` raises.
        """
        login = reload_login(self.settings, self.login, int(time.time()))
        return replace(self, login=login) if login else None


def load_route(settings: Settings, policy: ConnectPolicy, name: str) -> Route:
    """Read and check what the settings name; raises what `load_login` and `load_trust` raise"""
    login = load_login(settings, int(time.time()))
    return Route(settings, policy, name, login, load_trust(settings))
