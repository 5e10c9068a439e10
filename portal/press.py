"""A document made in a process of its own, with an end to its time and memory: what goes wrong there stays there."""

import os
import resource
import signal
import tempfile
import time
from collections.abc import Mapping
from typing import IO

from portal.pdf import Unprintable, fonts, printed

_TOO_BIG, _REFUSED = 3, 4


class Unmade(Exception):
    """The document was not made, with a sentence for whoever asked for it."""


def pressed(html: str, *, identifier: str, pictures: Mapping[str, bytes], seconds: int, megabytes: int) -> bytes:
    """HTML as PDF, made in a child process. Raises Unmade when that takes too long or too much, or is refused.

    The child is forked, so it has everything loaded; it never touches the database, whose connection is its parent's.
    """
    with tempfile.TemporaryFile() as result, tempfile.TemporaryDirectory(prefix="press-") as folder:
        child = os.fork()
        if child == 0:
            tempfile.tempdir = folder  # what it leaves lying when it is ended goes with the folder
            _press(result, html, identifier, pictures, seconds, megabytes)
        status = _awaited(child, seconds)
        result.seek(0)
        content = result.read()
    if status is None or (os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGXCPU):
        raise Unmade(f"生成超过{seconds}秒，已停止。请稍后重试；多次失败的，请联系平台管理员。")
    if os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == _TOO_BIG:
        raise Unmade("生成所需内存超过限额，已停止。请联系平台管理员。")
    if os.WEXITSTATUS(status) == _REFUSED:
        raise Unprintable(content.decode())
    if os.WEXITSTATUS(status) or not content:
        raise Unmade(f"生成失败：{content.decode(errors='replace')[:200] or '原因未知'}")
    return content


def _press(
    result: IO[bytes], html: str, identifier: str, pictures: Mapping[str, bytes], seconds: int, megabytes: int
) -> None:
    code = 1
    try:
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGALRM):
            signal.signal(number, signal.SIG_DFL)
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_CPU, (seconds + 1, seconds + 2))
        loaded = fonts()
        most = _held() + megabytes * 2**20
        resource.setrlimit(resource.RLIMIT_AS, (most, most))
        result.write(printed(html, identifier=identifier, pictures=pictures, loaded=loaded))
        code = 0
    except (MemoryError, SystemError):  # a library in C may fail without saying that memory was why
        code = _TOO_BIG
    except Unprintable as error:
        result.write(str(error).encode())
        code = _REFUSED
    except BaseException as error:
        result.write(f"{type(error).__name__}: {error}".encode())
    finally:
        result.flush()
        os._exit(code)


def _held() -> int:
    """The address space that this process has with its parent's and the fonts, in bytes: the limit is for the rest."""
    with open("/proc/self/statm", "rb") as statm:
        return int(statm.read().split()[0]) * resource.getpagesize()


def _awaited(child: int, seconds: int) -> int | None:
    """How the child ended; None when it had to be ended."""
    until = time.monotonic() + seconds
    pause = 0.005
    while time.monotonic() < until:
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            return status
        time.sleep(pause)
        pause = min(pause * 1.5, 0.1)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return None
