"""A call connects to NATS by where its name comes from, not by how it reads"""

from __future__ import annotations

import pytest

from iterapp_nats.audit.code import SourceFile
from iterapp_nats.audit.connecting import find_connect

CONNECTS = {
    "whole.cjs": "const NATS = require('nats');\nawait NATS.connect(",
    "renamed.mjs": 'import { connect as dial } from "nats";\nawait dial(',
    "renamed.cjs": 'const { connect: dial } = require("nats");\nawait dial(',
    "namespace.ts": 'import * as bus from "@nats-io/transport-node";\nawait bus.connect(',
    "unpacked.ts": 'import * as bus from "nats.ws";\nconst { connect } = bus;\nawait connect(',
    "lines.ts": 'import {\n  connect,\n  type Msg,\n} from "nats";\nawait connect(',
    "required.ts": 'import bus = require("nats");\nawait bus.connect(',
    "later.mjs": 'const nc = await (await import("nats")).connect(',
    "name.py": "from nats.aio.client import Client as NATS\nnats_client = NATS()\n"
    "await nats_client.connect(",
    "lines.py": "from nats import (\n    connect,\n)\nawait connect(",
    "renamed.py": "import os, nats as n\nawait n.connect(",
    "function.py": "from nats import connect as dial\nawait dial(",
    "derived.py": "import nats.aio.client\nclass Bus(nats.aio.client.Client): ...\n"
    "async def start(bus: Bus):\n    await bus.connect(",
    "at_once.py": "from nats import NATS\nawait NATS().connect(",
    "function.rs": "use async_nats::{connect, Client};\nlet client = connect(",
    "builder.rs": "use async_nats::ConnectOptions;\nlet client = options()?.connect(",
    "renamed.go": 'import broker "github.com/nats-io/nats.go"\nnc, err := broker.Connect(',
    "options.go": 'import "github.com/nats-io/nats.go"\nfunc start(opts *nats.Options) {\n'
    "nc, err := opts.Connect()",
    "made.go": 'import "github.com/nats-io/nats.go"\nfunc made() nats.Options {}\n'
    "opts := made()\nnc, err := opts.Connect()",
}
DOES_NOT = {
    "wrapper.ts": 'import { headers } from "@nats-io/transport-node";\n'
    'import { connect } from "./connection.js";\nconst nc = await connect();',
    "broker.ts": 'import type { NatsConnection } from "nats";\nimport { connect } from "amqplib";\n'
    'const c = await connect("amqp://x");',
    "redux.tsx": 'import { connect } from "react-redux";\nimport type { Msg } from "nats.ws";\n'
    "export default connect((state) => state)(Component);",
    "method.ts": 'import { connect } from "nats";\nclass Bus {\n'
    "  async connect(url: string): Promise<void> {\n    this.nc = await open(connect);",
    "wrapper.go": 'import (\n\t"app/natsx"\n\t"github.com/nats-io/nats.go"\n)\n'
    "nc, err := natsx.Connect()",
    "database.go": 'import "github.com/nats-io/nats.go"\nerr := db.Connect()',
    "redis.py": "from nats.aio.msg import Msg\nclient = redis.Redis()\nclient.connect()",
    "talk.py": "'''Use it so:\n\n    nc = await nats.connect(url)\n'''\nimport nats\n",
    "method.py": "from nats import connect\nasync def connect(",
    "database.rs": "use async_nats::Client;\nlet db = PgConnectOptions::new().connect(",
    "Wrapper.java": "import app.Nats;\nNats.connect(url);",
}


@pytest.mark.parametrize("name", CONNECTS)
def test_call_is_found_under_the_name_it_was_imported_by(name: str) -> None:
    found = find_connect(SourceFile(name, CONNECTS[name]))
    assert found is not None
    last_line = CONNECTS[name].rindex("\n") + 1 if "\n" in CONNECTS[name] else 0
    assert found >= last_line


@pytest.mark.parametrize("name", DOES_NOT)
def test_connect_of_something_else_is_none(name: str) -> None:
    assert find_connect(SourceFile(name, DOES_NOT[name])) is None
