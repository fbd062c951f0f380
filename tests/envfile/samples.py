"""Values that a consumer may get wrong: a synthetic creds text, and quotes of all kinds"""

from __future__ import annotations

from typing import Final

from iterapp_nats.envfile.variables import Variables
from iterapp_nats.secret import Secret

# The shape of a real creds file: 14 lines, about 1 KB, a JWT line of some 700 characters.
_CLAIMS: Final = "eyJzeW50aGV0aWMiOiJub3QgYSByZWFsIHRva2VuIn0" * 16
CREDS: Final = f"""-----BEGIN NATS USER JWT-----
eyJ0eXAiOiJKV1QiLCJhbGciOiJlZDI1NTE5LW5rZXkifQ.{_CLAIMS}.c3ludGhldGlj-_c2ln
------END NATS USER JWT------

************************* IMPORTANT *************************
NKEY Seed printed below can be used to sign and prove identity.
NKEYs are sensitive and should be treated as secrets.

-----BEGIN USER NKEY SEED-----
{"SUASYNTHETIC" + "A" * 46}
------END USER NKEY SEED------

*************************************************************

"""

# Legal in a path or a login, and special to at least one consumer.
AWKWARD: Final = (
    "nats://127.0.0.1:4222",
    "nats://user:p#ss@localhost:4222,tls://[::1]:4223",
    "/etc/ssl/Müller & Söhne/ca.pem",
    "/home/$USER/$(id)/`id`/ca.pem",
    "/it's/a path/ca.pem",
    '/say "hello"/ca.pem',
    "C:\\nats\\ca.pem",
    "\\\\server\\share\\ca.pem",
    "C:\\nats\\",
    "a # b #c",
    " blanks at both ends ",
    "~/ca.pem",
    "!history *.pem ?x [a-z] {1,2} <in >out; exit|cat",
    "50%off%PATH%^&",
    "'",
    '"',
    "\\",
    "é\u2028\u00a0\U0001f600",
    "\u2018typographic\u2019",
)

FULL: Final = Variables(
    url="tls://localhost:4222",
    credentials=Secret(CREDS),
    credentials_file="/srv/it's here/nats.creds",
    ca_file="/srv/Söhne $HOME/ca.pem",
)
FULL_VALUES: Final = {
    "NATS_URL": "tls://localhost:4222",
    "NATS_CREDENTIALS": CREDS,
    "NATS_CREDENTIALS_FILE": "/srv/it's here/nats.creds",
    "NATS_CA_FILE": "/srv/Söhne $HOME/ca.pem",
}
