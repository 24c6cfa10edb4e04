"""Bearer tokens. The file holds their digests, so that who reads it cannot call with it."""

import hashlib
import hmac
import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from service_kit.problems import Problem, RefusedError
from service_kit.serving.definition import Role

FORMAT = "一行一个令牌：令牌的 SHA-256（64 位十六进制） 角色[,角色] 名称"
_DIGEST = re.compile(r"[0-9a-f]{64}")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls, as the log may name them, and what they may do."""

    name: str
    roles: frozenset[Role]


LOCAL = Caller("local", frozenset(Role))
"""Whoever calls a loopback server that has no tokens file."""


class Tokens:
    """The tokens that a server knows."""

    def __init__(self, callers: Iterable[tuple[bytes, Caller]]) -> None:
        self._callers = tuple(callers)

    def caller_of(self, token: str) -> Caller | None:
        """Who holds TOKEN; compares with every entry, so that the time taken tells nothing."""
        digest = hashlib.sha256(token.encode()).digest()
        found = None
        for known, caller in self._callers:
            if hmac.compare_digest(known, digest):
                found = caller
        return found


def read_tokens(path: Path) -> Tokens:
    """Reads a tokens file: digest, roles and name a line; empty lines and `#` lines say nothing."""
    problems: list[Problem] = []
    callers: dict[bytes, Caller] = {}
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        words = line.split()
        if not words or words[0].startswith("#"):
            continue
        place = f"{path} 第 {number} 行"
        unknown = _unknown_roles(words[1]) if len(words) == 3 else []
        if len(words) != 3 or not _DIGEST.fullmatch(words[0]) or not _NAME.fullmatch(words[2]):
            problems.append(Problem("K005", place, "这一行不是令牌。", f"格式：{FORMAT}。"))
        elif unknown:
            known = "、".join(Role)
            problems.append(Problem("K006", place, f"没有角色“{unknown[0]}”。", f"可用的角色：{known}。"))
        elif bytes.fromhex(words[0]) in callers:
            problems.append(Problem("K007", place, "同一个令牌写了两次。", "请删去一行。"))
        else:
            roles = frozenset(map(Role, words[1].split(",")))
            callers[bytes.fromhex(words[0])] = Caller(words[2], roles)
    if not callers and not problems:
        problems.append(Problem("K008", str(path), "文件里没有令牌。", "用 huiyin token 生成一个。"))
    if problems:
        raise RefusedError(problems)
    return Tokens(callers.items())


def new_token(name: str, roles: Iterable[Role]) -> tuple[str, str]:
    """A fresh token for NAME, and the line that makes a server know it."""
    if not _NAME.fullmatch(name):
        raise RefusedError(
            [Problem("K009", name, "名称只能用英文字母、数字和 . _ -，最多 64 个字符。", "请换一个名称。")]
        )
    token = secrets.token_urlsafe(32)
    digest = hashlib.sha256(token.encode()).hexdigest()
    return token, f"{digest} {','.join(sorted(set(roles)))} {name}"


def _unknown_roles(words: str) -> list[str]:
    return [word for word in words.split(",") if word not in set(Role)]
