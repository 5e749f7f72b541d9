"""Whether each Dockerfile copies what its program is compiled from.

    python images.py FOLDER_OF_PROGRAMS

No image is built here. Cargo writes beside each program which files it read; all of them must be among
what the build stage copies, and none may be kept from it by .dockerignore.
"""

import fnmatch
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent


def copied(dockerfile: str) -> list[str]:
    """The files and folders that the build stage copies."""
    lines = re.findall(r"^COPY (?!--from)(.+)$", dockerfile, re.MULTILINE)
    return [source for line in lines for source in line.split()[:-1]]


def ignored(path: str, patterns: list[str]) -> bool:
    """Whether .dockerignore keeps a file out: a pattern matches it or a folder above it."""
    parts = path.split("/")
    above = ["/".join(parts[:depth]) for depth in range(1, len(parts) + 1)]
    for pattern in patterns:
        anywhere = pattern.startswith("**/")
        places = parts if anywhere else above
        if any(fnmatch.fnmatchcase(place, pattern.removeprefix("**/")) for place in places):
            return True
    return False


def compiled_from(programs: Path, program: str) -> list[str]:
    """The files of this repository that a program was compiled from."""
    words = (programs / f"{program}.d").read_text().replace("\\ ", "\0").split()[1:]
    paths = [Path(word.replace("\0", " ")) for word in words]
    inside = [path for path in paths if path.is_relative_to(ROOT)]
    return sorted(str(path.relative_to(ROOT)) for path in inside)


def missing(dockerfile: Path, programs: Path, patterns: list[str]) -> list[str]:
    text = dockerfile.read_text()
    program = re.search(r"--package (\S+)", text).group(1)
    sources = copied(text)
    there = lambda path: any(path == source or path.startswith(source + "/") for source in sources)
    read = [path for path in compiled_from(programs, program) if not path.startswith("target/")]
    if len(read) < 20:
        return [f"only {read} were found"]
    return [path for path in [*read, "Cargo.lock"] if not there(path) or ignored(path, patterns)]


def main() -> int:
    lines = (ROOT / ".dockerignore").read_text().splitlines()
    patterns = [line for line in lines if line and not line.startswith("#")]
    wrong = {}
    for dockerfile in sorted((ROOT / "deploy" / "docker").glob("*.Dockerfile")):
        if lost := missing(dockerfile, Path(sys.argv[1]), patterns):
            wrong[dockerfile.name] = lost
        else:
            print(f"{dockerfile.name} copies all that its program is compiled from")
    for name, lost in wrong.items():
        print(f"{name} lacks {', '.join(lost[:10])}", file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
