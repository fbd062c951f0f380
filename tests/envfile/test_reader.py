from __future__ import annotations

import io
from typing import Final

import pytest
from dotenv.parser import parse_stream
from hypothesis import assume, given
from hypothesis import strategies as st

from iterapp_nats.envfile.reader import parse_env_file
from iterapp_nats.envfile.render import render_variables
from iterapp_nats.envfile.variables import Consumer, Variables
from iterapp_nats.errors import InputError
from iterapp_nats.secret import Secret
from tests.envfile.samples import CREDS, FULL, FULL_VALUES

OUR_FORMS: Final = (
    Consumer.SH,
    Consumer.DOTENV,
    Consumer.DOTENV_ESCAPED,
    Consumer.NODE,
    Consumer.SYSTEMD,
)
# Any text that a variable can hold, with the characters that quoting is about in abundance.
VALUES: Final = st.text(
    st.sampled_from("'\"`\\$# \t\nn~=ä\u2028\U0001f600") | st.characters(exclude_categories=["C"]),
    min_size=1,
)


@given(consumer=st.sampled_from(OUR_FORMS), url=VALUES, credentials=VALUES, path=VALUES)
def test_reader_is_the_inverse_of_our_writers(
    consumer: Consumer, url: str, credentials: str, path: str
) -> None:
    variables = Variables(url, Secret(credentials), path, path)
    text = _rendered(consumer, variables)
    assert text is None or parse_env_file(text, path="nats.env") == dict(variables.items())


@given(consumer=st.sampled_from([Consumer.SH, Consumer.SYSTEMD]), value=VALUES)
def test_forms_with_posix_quotes_carry_every_value(consumer: Consumer, value: str) -> None:
    assert _rendered(consumer, Variables(value)) is not None


@pytest.mark.parametrize("consumer", OUR_FORMS)
def test_creds_come_back_exactly(consumer: Consumer) -> None:
    assert _read(render_variables(consumer, FULL).text) == FULL_VALUES


@pytest.mark.parametrize(
    ("line", "value"),
    [
        ("A=nats://localhost:4222", "nats://localhost:4222"),
        ("A=two words", "two words"),
        ("  A = spaced  ", "spaced"),
        ("A=value # comment", "value"),
        ("A=#no-comment", "#no-comment"),
        ("A= # comment", ""),
        ("A='value' # comment", "value"),
        ("A=", ""),
        ("A=''", ""),
        ("A=it's", "it's"),
        ("A=C:\\nats\\new", "C:\\nats\\new"),
        ("A='C:\\nats\\new'", "C:\\nats\\new"),
        ('A="one\\ntwo"', "one\ntwo"),
        ('A="say \\"hi\\" for \\$5"', 'say "hi" for $5'),
        ("A='$HOME'", "$HOME"),
        ('A=`it\'s "quoted"`', 'it\'s "quoted"'),
        ("A='one\ntwo\n'", "one\ntwo\n"),
        ("A=windows\r", "windows"),
        ("export A=plain", "plain"),
        ("export A='it'\\''s'", "it's"),
        ("export A=a\\ b", "a b"),
        ('export A="C:\\nats"', "C:\\nats"),
        ('export A="one\\\ntwo"', "onetwo"),
        ("export A=x#y # comment", "x#y"),
        ("\ufeffA=marked", "marked"),
    ],
)
def test_lines_that_people_write(line: str, value: str) -> None:
    assert _read(f"# first\n\n{line}\nB=after\n" if line[0] != "\ufeff" else line)["A"] == value


def test_last_line_of_a_name_wins() -> None:
    assert _read("A=1\nA=2\n") == {"A": "2"}


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("A=1\nnonsense\n", 2, "expected NAME=value"),
        ("\n\n=value\n", 3, "expected NAME=value"),
        ("A-B=1\n9=x\n", 2, "expected NAME=value"),
        ("A='hush\nB=1\n", 1, "the quote that opens here is not closed"),
        ('A=1\nB="hush\n', 2, "the quote that opens here is not closed"),
        ("A=`hush\n", 1, "the quote that opens here is not closed"),
        ("A='one' hush\n", 1, "unexpected text behind the value"),
        ("export A=one hush\n", 1, "unexpected text behind the value"),
        ("NATS_CREDENTIALS=-----BEGIN NATS USER JWT-----\nhush\n", 2, "expected NAME=value"),
    ],
)
def test_malformed_line_is_named_without_its_value(text: str, line: int, reason: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_env_file(text, path="conf/nats.env")
    error = caught.value
    assert error.code == "env-file-malformed"
    assert error.message == f"conf/nats.env, line {line}: {reason}"
    assert error.context == {"path": "conf/nats.env", "line": str(line)}
    assert "hush" not in repr(error) + str(error.hints)


@given(st.text(st.sampled_from("AB='\"\\# \n$export")))
def test_any_text_is_read_or_refused_as_malformed(text: str) -> None:
    assert _outcome(text) in {"read", "env-file-malformed"}


@given(st.text(st.sampled_from("ab/:=@.'\" ä#$"), min_size=1))
def test_line_without_backslashes_is_read_as_python_dotenv_reads_it(value: str) -> None:
    # Text that touches a closing quote belongs to the value in a shell and in systemd.
    assume("'#" not in value and '"#' not in value)
    (binding,) = parse_stream(io.StringIO(f"A={value}"))
    if binding.error:
        return
    assert _read(f"A={value}") == {"A": binding.value}


def test_creds_with_windows_line_ends_keep_them_for_the_creds_reader() -> None:
    text = f"A='{CREDS}'\n".replace("\n", "\r\n")
    assert _read(text) == {"A": CREDS.replace("\n", "\r\n")}


def _read(text: str) -> dict[str, str]:
    return {name: value.reveal() for name, value in parse_env_file(text, path="x").items()}


def _rendered(consumer: Consumer, variables: Variables) -> str | None:
    try:
        return render_variables(consumer, variables).text
    except InputError:
        return None


def _outcome(text: str) -> str:
    try:
        parse_env_file(text, path="nats.env")
    except InputError as error:
        return error.code
    return "read"
