"""The steps that need no network: manifest, variables, credentials, CA"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from iterapp_nats import files
from iterapp_nats.client.opening.login import load_login, load_trust
from iterapp_nats.errors import InputError
from iterapp_nats.insight.steps import StepName, judge_step, reason_of, skip_step
from iterapp_nats.manifest.document import Verdict
from iterapp_nats.security.certificates.reader import read_certificates
from iterapp_nats.security.certificates.rules import judge_authorities, name_of
from iterapp_nats.security.creds import parse_creds
from iterapp_nats.security.diagnosis import judge_creds, judge_owner, owner_of_tags
from iterapp_nats.security.identity import render_time
from iterapp_nats.security.reason import Reason, failure, warning
from iterapp_nats.settings import CA_FILE, CREDENTIALS_FILE, URL, Origin, Settings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from iterapp_nats.client.opening.login import Login
    from iterapp_nats.errors import IterappNatsError
    from iterapp_nats.insight.case import Case
    from iterapp_nats.insight.steps import StepResult
    from iterapp_nats.manifest.check import FileReport
    from iterapp_nats.security.certificates.reader import Certificate
    from iterapp_nats.security.creds import Creds

# What the nats command reads, and nobody on the platform sets.
_FOREIGN: Final = {"NATS_CREDS": CREDENTIALS_FILE, "NATS_CA": CA_FILE}


def examine_manifest(report: FileReport | None) -> StepResult:
    """Look whether iterapp.toml enables NATS"""
    if report is None:
        return skip_step(StepName.MANIFEST, "there is no iterapp.toml in this folder or above")
    reasons = [*_judge_flag(report)]
    if report.verdict is Verdict.ENABLED and report.findings:
        count = len(report.findings)
        noun = "finding" if count == 1 else "findings"
        text = f"{report.path} has {count} {noun}, the first: {report.findings[0].message}"
        reasons.append(warning(report.findings[0].rule, text, "see iterapp-nats check"))
    enabled = f"NATS is enabled in {report.path}"
    return judge_step(
        StepName.MANIFEST, [enabled] if report.verdict is Verdict.ENABLED else [], reasons
    )


def examine_variables(case: Case) -> StepResult:
    """Look where the address, the credentials and the CA come from"""
    settings = case.settings
    if not isinstance(settings, Settings):
        return judge_step(StepName.VARIABLES, (), [reason_of(settings)])
    evidence = [f"{URL} {settings.url} ({settings.sources[URL]})"]
    evidence += [f"{name} ({source})" for name, source in settings.sources.items() if name != URL]
    if case.owner.environment:
        evidence.append(f"HOPS_ENV {case.owner.environment}")
    return judge_step(StepName.VARIABLES, evidence, _judge_variables(case, settings))


def examine_credentials(case: Case, settings: Settings) -> tuple[StepResult, Login | None]:
    """Check the credentials as far as they can be without a server"""
    now = int(case.now())
    try:
        login = load_login(settings, now)
        texts = tuple(_read_texts(settings))
    except InputError as error:
        return judge_step(StepName.CREDENTIALS, (), [reason_of(error)]), None
    if login is None:
        has_password = any(url.user for url in settings.servers)
        evidence = "a login in the address" if has_password else "no credentials are given"
        return judge_step(StepName.CREDENTIALS, [evidence]), None
    identity = login.identity
    reasons = [
        reason
        for creds in texts
        for reason in judge_creds(creds, identity, now, case.warn_within_s)
    ]
    reasons += judge_owner(owner_of_tags(identity.tags), case.owner)
    until = "never" if identity.expires_at is None else render_time(identity.expires_at)
    evidence = (
        f"user {identity.user_name or identity.user_public_key} of account"
        f" {identity.account_public_key}, expires {until}"
    )
    return judge_step(StepName.CREDENTIALS, [evidence], dict.fromkeys(reasons)), login


def examine_ca(case: Case, settings: Settings) -> tuple[StepResult, tuple[Certificate, ...]]:
    """Check the CA file as far as it can be without a server"""
    if settings.ca_file is None:
        trusted = (
            "those of the system are trusted" if settings.wants_tls else "TLS is not asked for"
        )
        return judge_step(StepName.CA, [f"no CA is given: {trusted}"]), ()
    try:
        load_trust(settings)
    except InputError as error:
        return judge_step(StepName.CA, (), [_why_no_ca(error, settings.ca_file)]), ()
    try:
        text = files.read_bytes(Path(settings.ca_file), purpose="the CA").decode(errors="replace")
        authorities = read_certificates(text)
    except InputError as error:
        # OpenSSL has read it, and only we could not.
        evidence = f"{settings.ca_file} is read by OpenSSL; its details are not: {error.message}"
        return judge_step(StepName.CA, [evidence]), ()
    evidence_lines = [
        f"{name_of(each)}, until {render_time(each.not_after)}" for each in authorities
    ]
    reasons = judge_authorities(authorities, int(case.now()))
    return judge_step(StepName.CA, evidence_lines, reasons), authorities


def _judge_flag(report: FileReport) -> Iterator[Reason]:
    match report.verdict:
        case Verdict.ENABLED:
            return
        case Verdict.NOT_ENABLED:
            text = f"{report.path} does not enable NATS: the platform sets no variables"
            yield failure("nats-missing", text, "run iterapp-nats enable, and deploy")
        case _:
            worst = report.findings[0]
            yield failure(worst.rule, f"{report.path}: {worst.message}", "see iterapp-nats check")


def _judge_variables(case: Case, settings: Settings) -> Iterator[Reason]:
    environment, origin = case.owner.environment, settings.sources[URL].origin
    if environment and origin in {Origin.DEFAULT, Origin.DEV_SERVER}:
        yield failure(
            "url-missing",
            f"HOPS_ENV is {environment}, so this is a pod, and {URL} is not set",
            "add [nats] to iterapp.toml with iterapp-nats enable, and deploy again",
        )
    for name, source in settings.ignored:
        yield warning(
            "variable-ignored",
            f"{name} of {source} is not used: there is no {URL} beside it",
            f"set {URL} in the same place, or name the file with --creds or --ca",
        )
    for name, ours in _FOREIGN.items():
        if name in case.variables and ours not in case.variables:
            text = f"{name} is for the nats command; an app reads {ours}"
            yield warning("variable-foreign", text, f"set {ours} to the same file")


def _read_texts(settings: Settings) -> Iterator[Creds]:
    if settings.credentials:
        yield parse_creds(settings.credentials.reveal())
    if settings.credentials_file:
        path = Path(settings.credentials_file)
        yield parse_creds(files.read_bytes(path, purpose="the credentials"))


def _why_no_ca(error: IterappNatsError, path: str) -> Reason:
    if error.code != "ca-invalid":
        return reason_of(error)
    text = files.read_bytes(Path(path), purpose="the CA").decode(errors="replace")
    return Reason(error.code, f"{error.message}: {_what_it_is(text)}", error.hints)


def _what_it_is(text: str) -> str:
    marks = (
        ("PRIVATE KEY-----", "it holds a private key"),
        ("\\n", "it has \\n in place of newlines"),
        ("BEGIN NATS USER JWT", "it holds credentials"),
        ("BEGIN CERTIFICATE", "the certificate in it is damaged"),
    )
    if not text.strip():
        return "it is empty"
    if "\0" in text:
        return "it is binary: openssl x509 -inform der -in FILE turns DER into PEM"
    return next((meaning for mark, meaning in marks if mark in text), "it is no PEM file")
