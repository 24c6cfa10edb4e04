import pytest

from service_kit.problems import RefusedError
from service_kit.serving.definition import Role
from service_kit.serving.settings import load_settings
from service_kit.serving.tokens import new_token, read_tokens


def codes(**arguments) -> list[str]:
    with pytest.raises(RefusedError) as refused:
        load_settings(**arguments)
    return [problem.code for problem in refused.value.problems]


@pytest.fixture
def files(tmp_path):
    for name in ("cert", "key", "tokens"):
        (tmp_path / name).write_text(name)
    return {
        "tls_cert_file": tmp_path / "cert",
        "tls_key_file": tmp_path / "key",
        "tokens_file": tmp_path / "tokens",
    }


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "10.0.0.5", "petition.example.cn"])
@pytest.mark.parametrize("missing", ["tokens_file", "tls"])
def test_listening_beyond_the_machine_takes_tls_and_tokens(files, host, missing):
    given = {name: path for name, path in files.items() if missing not in name}
    with pytest.raises(RefusedError) as refused:
        load_settings(host=host, **given)
    (problem,) = refused.value.problems
    assert problem.code == "K004"
    assert "必须有 TLS 证书和令牌文件" in str(problem)
    assert "takes TLS and tokens" in str(problem)
    assert load_settings(host=host, **files).host == host


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost", "127.9.9.9"])
def test_loopback_needs_neither(host):
    assert load_settings(host=host).host == host


def test_arguments_win_over_the_environment(monkeypatch):
    monkeypatch.setenv("HUIYIN_PORT", "1234")
    monkeypatch.setenv("HUIYIN_WORKERS", "")
    assert load_settings().port == 1234
    assert load_settings(port=99).port == 99
    assert load_settings().workers >= 1


def test_a_value_that_cannot_be_is_told_by_its_name(monkeypatch):
    monkeypatch.setenv("HUIYIN_PORT", "many")
    with pytest.raises(RefusedError, match="HUIYIN_PORT"):
        load_settings()


def test_files_that_cannot_be_read_and_half_of_tls(files, tmp_path):
    assert codes(tokens_file=tmp_path / "none") == ["K002"]
    assert codes(tls_cert_file=files["tls_cert_file"]) == ["K003"]
    assert codes(tls_client_ca_file=files["tls_cert_file"]) == ["K003"]


def test_a_new_token_is_known_by_its_line_only(tmp_path):
    token, line = new_token("case-system", [Role.EVALUATE, Role.RENDER])
    assert token not in line
    path = tmp_path / "tokens"
    path.write_text(f"# 令牌\n\n{line}\n")
    tokens = read_tokens(path)
    caller = tokens.caller_of(token)
    assert caller is not None
    assert (caller.name, caller.roles) == ("case-system", {Role.EVALUATE, Role.RENDER})
    assert tokens.caller_of(token + "x") is None


def test_every_bad_line_of_a_tokens_file_is_told(tmp_path):
    _, good = new_token("a", [Role.ADMIN])
    path = tmp_path / "tokens"
    path.write_text(f"{good}\n{good}\nsecret evaluate a\n{'0' * 64} rule a\n{'1' * 64} evaluate\n")
    with pytest.raises(RefusedError) as refused:
        read_tokens(path)
    assert [problem.code for problem in refused.value.problems] == ["K007", "K005", "K006", "K005"]
    assert "第 4 行" in refused.value.problems[2].place


def test_an_empty_tokens_file_is_refused(tmp_path):
    (tmp_path / "tokens").write_text("# nobody\n")
    with pytest.raises(RefusedError, match="K008"):
        read_tokens(tmp_path / "tokens")


def test_a_tokens_name_is_fit_for_logs():
    with pytest.raises(RefusedError, match="K009"):
        new_token('a","level', [Role.EVALUATE])
