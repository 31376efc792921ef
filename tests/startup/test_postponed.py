"""Modules that are loaded only when they are used."""

from __future__ import annotations

import json
import subprocess
import sys


def in_a_fresh_process(program: str) -> list[object]:
    """Return what a program prints, one JSON value a line. What is loaded here must not count."""
    run = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    return [json.loads(line) for line in run.stdout.splitlines()]


LOADED = """
import json, sys
from simisp.startup.postponed import postpone
def loaded(name):
    print(json.dumps("__file__" in vars(sys.modules[name])))
"""


def test_an_import_does_not_load_a_postponed_module() -> None:
    program = LOADED + "postpone('wsgiref.headers')\nimport wsgiref.headers\nloaded('wsgiref.headers')"
    assert in_a_fresh_process(program) == [False]


def test_taking_anything_from_it_loads_it_for_everybody() -> None:
    program = LOADED + (
        "postpone('wsgiref.headers')\n"
        "import wsgiref, wsgiref.headers as before\n"
        "print(json.dumps(before.Headers([('a', 'b')]).items()))\n"
        "loaded('wsgiref.headers')\n"
        "print(json.dumps(wsgiref.headers is sys.modules['wsgiref.headers']))\n"
        "print(json.dumps(before.Headers is wsgiref.headers.Headers))"
    )
    assert in_a_fresh_process(program) == [[["a", "b"]], True, True, True]


def test_a_function_can_be_imported_by_name_and_loads_the_module_when_it_is_called() -> None:
    program = LOADED + (
        "postpone('wsgiref.util', functions=['guess_scheme'])\n"
        "from wsgiref.util import guess_scheme\n"
        "loaded('wsgiref.util')\n"
        "print(json.dumps(guess_scheme({'HTTPS': 'on'})))\n"
        "loaded('wsgiref.util')"
    )
    assert in_a_fresh_process(program) == [False, "https", True]


def test_a_module_outside_any_package_can_be_postponed() -> None:
    program = LOADED + "postpone('colorsys')\nimport colorsys\nprint(json.dumps(colorsys.rgb_to_hls(0, 0, 0)))"
    assert in_a_fresh_process(program) == [[0.0, 0.0, 0.0]]


def test_looking_at_a_postponed_module_does_not_load_it() -> None:
    program = LOADED + (
        "postpone('colorsys')\n"
        "import inspect\n"
        "inspect.getmodule(loaded)\n"  # looks at every module's file
        "print(json.dumps(hasattr(sys.modules['colorsys'], '__path__')))\n"
        "loaded('colorsys')"
    )
    assert in_a_fresh_process(program) == [False, False]


def test_a_module_that_is_loaded_already_stays_as_it_is() -> None:
    program = LOADED + "import json.decoder as before\npostpone('json.decoder')\nloaded('json.decoder')"
    assert in_a_fresh_process(program) == [True]


def test_a_module_that_does_not_exist_is_missing_when_it_is_used() -> None:
    program = LOADED + (
        "postpone('no_such_module')\n"
        "import no_such_module\n"
        "try:\n    no_such_module.anything\n"
        "except ModuleNotFoundError as error:\n    print(json.dumps(error.name))"
    )
    assert in_a_fresh_process(program) == ["no_such_module"]


_CHECKED_WITH = """
__main__ cli cli.check cli.checked cli.file_kind cli.files cli.lazy cli.output cli.parameters cli.standard_streams
diagnostics errors isp isp.line_input isp.steps report report.colour report.folding scenario scenario.document
scenario.endless scenario.expectation_base scenario.expectations scenario.extends scenario.later scenario.line_section
scenario.load scenario.model scenario.modem_ports scenario.modem_rows scenario.profile_names scenario.program
scenario.reader scenario.reading scenario.references scenario.safe_pattern scenario.steps scenario.strict
scenario.values scenario.whole startup startup.frozen_classes startup.on_first_use startup.plugins startup.postponed
visible
"""
_HEAVY = (
    "asyncio", "concurrent", "csv", "ctypes", "difflib", "email", "hashlib", "_hashlib", "http", "importlib.metadata",
    "logging", "multiprocessing", "queue", "random", "rich", "secrets", "select", "selectors", "shutil", "socket",
    "ssl", "subprocess", "tempfile", "tokenize", "traceback", "unittest", "urllib.parse", "zipfile",
    "pydantic.dataclasses", "pydantic.deprecated", "pydantic.functional_serializers", "pydantic.networks",
    "pydantic.root_model", "pydantic.type_adapter", "pydantic.v1",
)  # fmt: skip
"""Modules that cost a short command a hundredth of its time or so, with what they import, and do nothing for it."""


def test_a_check_loads_nothing_that_it_has_no_use_for() -> None:
    program = (
        "import atexit, json, sys\n"
        "sys.argv = ['simisp', 'check', 'login.yaml']\n"
        "def loaded():\n"
        "    return [name for name, module in sys.modules.items() if module and '__spec__' in vars(module)\n"
        "        and (module.__spec__ or name == '__main__')]\n"
        "atexit.register(lambda: print(json.dumps(loaded())))\n"
        "from simisp.__main__ import main\n"
        "import io\n"
        "sys.stdout, shown = io.StringIO(), sys.stdout\n"
        "try:\n    main()\n"
        "finally:\n    sys.stdout = shown"
    )
    (loaded,) = in_a_fresh_process(program)
    assert isinstance(loaded, list)
    assert sorted(set(loaded) & set(_HEAVY)) == []
    ours = {name.removeprefix("simisp.") for name in loaded if name.startswith("simisp.")}
    # If this grows, every start takes longer. Can the new module be imported where it is used?
    assert sorted(ours - set(_CHECKED_WITH.split())) == []


def test_pydantic_searches_for_no_plugins_and_the_environment_stays_as_it_was() -> None:
    program = LOADED + (
        "import os\n"
        "before = dict(os.environ)\n"
        "from simisp.startup import spare_start\n"
        "spare_start()\n"
        "import pydantic\n"
        "class Model(pydantic.BaseModel):\n    it: int\n"
        "print(json.dumps([Model(it='1').it, os.environ == before, 'importlib.metadata' in sys.modules]))"
    )
    assert in_a_fresh_process(program) == [[1, True, False]]


def test_a_program_that_imports_simisp_has_python_as_ever() -> None:
    program = (
        "import dataclasses, json, re, sys, typing\n"
        "def now():\n"
        "    return re.compile, getattr(dataclasses, '_frozen_get_del_attr', None), vars(typing).get('compile')\n"
        "before = now()\n"
        "import simisp.pytest_plugin, simisp.testing, simisp.cli.run, simisp.cli.sweep\n"
        "print(json.dumps(before == now()))\n"
        "print(json.dumps([name for name in sys.modules if name.startswith('simisp.startup')]))"
    )
    assert in_a_fresh_process(program) == [True, []]


def test_the_version_is_still_told_from_the_installed_package() -> None:
    run = subprocess.run([sys.executable, "-m", "simisp", "--version"], check=True, capture_output=True, text=True)
    assert "version 0." in run.stdout


def test_checking_a_scenario_loads_nothing_of_what_plays_it() -> None:
    program = (
        "import json, sys\n"
        "from simisp.cli import main\n"
        "main(['check', '--format', 'json', 'hang'], standalone_mode=False)\n"
        "rooms = ('facts', 'transcript', 'line', 'runner', 'dialling', 'story')\n"
        "print(json.dumps([room for room in rooms if f'simisp.{room}' in sys.modules]))"
    )
    assert in_a_fresh_process(program) == [[], []]


def test_a_run_on_a_pseudo_terminal_loads_neither_openssl_nor_the_engines_of_other_ports() -> None:
    program = (
        "import atexit, json, sys\n"
        "sys.argv = ['simisp', 'run', 'login', '--quiet', '--', 'true']\n"
        "names = ('_ssl', '_hashlib', 'email', 'zipfile', 'rich', 'http', 'simisp.telnet', 'simisp.dialling',\n"
        "'simisp.mail', 'simisp.story', 'simisp.scp')\n"
        "shown = sys.stdout\n"
        "atexit.register(lambda: print(json.dumps([name for name in names if sys.modules.get(name)]), file=shown))\n"
        "from simisp.__main__ import main\n"
        "import io\n"
        "sys.stdout = io.StringIO()\n"
        "main()"
    )
    run = subprocess.run([sys.executable, "-c", program], check=False, capture_output=True, text=True)
    assert run.stdout.splitlines() == ["[]"], run.stderr


def test_a_run_without_a_command_loads_neither_the_shared_clock_nor_rare_sections_of_scenarios() -> None:
    program = (
        "import json, sys\n"
        "import simisp.cli.run, simisp.cli.port_run, simisp.runner.ports, simisp.runner.serve\n"
        "names = ('virtual_loop.clock', 'shared_time.clock', 'shared_time.preloadable', 'ras', 'ppp', 'cmux',\n"
        "'scenario.manners', 'scenario.cellular_section', 'scenario.messages')\n"
        "loaded = [name for name in names if 'simisp.' + name in sys.modules]\n"
        "print(json.dumps([*loaded, *({'shutil', 'tempfile'} & sys.modules.keys())]))"
    )
    assert in_a_fresh_process(program) == [[]]


def test_a_command_that_needs_a_temporary_folder_loads_no_library_for_archives() -> None:
    program = (
        "import json, sys\n"
        "from simisp.startup import spare_start\n"
        "spare_start()\n"
        "import tempfile\n"
        "tempfile.gettempdir()\n"
        "libraries = {'_lzma', '_bz2', 'zlib'}\n"
        "print(json.dumps(sorted(libraries & sys.modules.keys())))\n"
        "with tempfile.TemporaryDirectory() as folder: pass\n"
        "import os\n"
        "print(json.dumps(os.path.exists(folder)))"
    )
    assert in_a_fresh_process(program) == [[], False]
