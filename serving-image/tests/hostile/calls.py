"""Pickles that call: what runs commands, opens files or connections, and every published way past picklescan and modelscan.

GHSA numbers are those of https://github.com/mmaitre314/picklescan/security/advisories; the others come from
issues of protectai/modelscan (89, 263, 267, 311, 331, 339, 348) and of mmaitre314/picklescan (13, 14, 22, 66, 69).
"""

from __future__ import annotations

import marshal
from collections.abc import Iterator

from hostile.assemble import BUILD, Code, call, name, pickled, value
from hostile.hostile_file import Canary, Hostile


def call_files(canary: Canary) -> Iterator[Hostile]:
    """Yield one file for each function that a deny list should have held."""
    for title, (module, qualified, arguments) in _functions(canary).items():
        yield Hostile(f"calls {title}", f"{module}.{qualified}", pickled(call(module, qualified, *arguments)))
    for title, code in _chains(canary).items():
        yield Hostile(f"chains {title}", "reaches a function by others that look harmless", pickled(code))


def _functions(canary: Canary) -> dict[str, tuple[str, str, tuple[object, ...]]]:
    def touch(at: str) -> str:
        return canary.touch(at)

    def python(at: str) -> str:
        return canary.python(at)

    address = ("127.0.0.1", canary.port)
    url = f"http://127.0.0.1:{canary.port}/"
    own = str(canary.folder)
    return {
        "os.system": ("os", "system", (touch("a"),)),
        "posix.system": ("posix", "system", (touch("b"),)),
        "nt.system": ("nt", "system", (touch("c"),)),
        "os.popen": ("os", "popen", (touch("d"),)),
        "os.execv": ("os", "execv", ("/bin/sh", ["sh", "-c", touch("e")])),
        "os.fork": ("os", "fork", ()),
        "os._exit": ("os", "_exit", (0,)),
        "os.kill": ("os", "kill", (1, 15)),
        "subprocess.Popen": ("subprocess", "Popen", (["sh", "-c", touch("f")],)),
        "subprocess.check_output": ("subprocess", "check_output", (["sh", "-c", touch("g")],)),
        "commands.getoutput of Python 2": ("commands", "getoutput", (touch("h"),)),
        "_posixsubprocess.fork_exec": ("_posixsubprocess", "fork_exec", ([b"/bin/sh"], [b"/bin/sh"], True)),
        "multiprocessing.util.spawnv_passfds": ("multiprocessing.util", "spawnv_passfds", (b"/bin/sh", [b"sh"], ())),
        "pty.spawn": ("pty", "spawn", (["sh", "-c", touch("i")],)),
        "eval": ("builtins", "eval", (python("j"),)),
        "exec": ("builtins", "exec", (python("k"),)),
        "eval of Python 2": ("__builtin__", "eval", (python("l"),)),
        "apply of Python 2": ("__builtin__", "apply", (name("os", "system"), (touch("m"),))),
        "execfile of Python 2": ("__builtin__", "execfile", ("/dev/stdin",)),
        "open": ("builtins", "open", (f"{own}/n", "w")),
        "__import__": ("builtins", "__import__", ("antigravity",)),
        "breakpoint": ("builtins", "breakpoint", ()),
        "compile": ("builtins", "compile", (python("o"), "x", "eval")),
        "io.open": ("io", "open", (f"{own}/p", "w")),
        "_io.FileIO": ("_io", "FileIO", (f"{own}/q", "w")),
        "pathlib.Path.write_text": ("pathlib", "Path.write_text", (call("pathlib", "PosixPath", f"{own}/r"), "x")),
        "shutil.rmtree": ("shutil", "rmtree", (own,)),
        "distutils.file_util.write_file (GHSA, CVE-2025-10155)": ("distutils.file_util", "write_file", (f"{own}/s", ["x"])),
        "logging.FileHandler": ("logging", "FileHandler", (f"{own}/t",)),
        "logging.config.listen": ("logging.config", "listen", (0,)),
        "tempfile.mkdtemp": ("tempfile", "mkdtemp", ("", "", own)),
        "sqlite3.connect": ("sqlite3", "connect", (f"{own}/u",)),
        "zipfile.ZipFile": ("zipfile", "ZipFile", (f"{own}/v", "w")),
        "linecache.getlines": ("linecache", "getlines", ("/etc/passwd",)),
        "socket.create_connection": ("socket", "create_connection", (address,)),
        "urllib.request.urlopen": ("urllib.request", "urlopen", (url,)),
        "http.client (GHSA-hgrh-qx5j-jfwx)": ("http.client", "HTTPConnection", address),
        "requests.api.get": ("requests.api", "get", (url,)),
        "ssl.get_server_certificate (GHSA-655q-fx9r-782v)": ("ssl", "get_server_certificate", (address,)),
        "imaplib.IMAP4_stream": ("imaplib", "IMAP4_stream", (touch("w"),)),
        "smtplib.SMTP": ("smtplib", "SMTP", address),
        "ftplib.FTP": ("ftplib", "FTP", ("127.0.0.1",)),
        "webbrowser.open": ("webbrowser", "open", (url,)),
        "mailcap.findmatch": ("mailcap", "findmatch", ({"x/y": [{"test": touch("x"), "view": "x"}]}, "x/y")),
        "asyncio's transport (CVE-2025-10157)": ("asyncio.unix_events", "_UnixSubprocessTransport._start", (touch("y"),)),
        "pip.main (CVE-2025-1716)": ("pip", "main", (["download", "x", "-d", own, "-i", url],)),
        "ensurepip._run_pip (GHSA-xp4f-hrf8-rxw7)": ("ensurepip", "_run_pip", (["--version"],)),
        "venv.create (GHSA-vqmv-47xg-9wpr)": ("venv", "create", (f"{own}/venv",)),
        "runpy.run_path": ("runpy", "run_path", ("/dev/stdin",)),
        "runpy._run_code": ("runpy", "_run_code", (python("z"), {})),
        "timeit.timeit (GHSA-v7x6-rv5q-mhwc)": ("timeit", "timeit", (python("aa"),)),
        "cProfile.runctx (GHSA-9w88-8rmg-7g2p)": ("cProfile", "runctx", (python("ab"), {}, {})),
        "profile.Profile.run (GHSA-x696-vm39-cp64)": ("profile", "Profile.run", (call("profile", "Profile"), python("ac"))),
        "trace.Trace.run (GHSA-5qwp-399c-mjwf)": ("trace", "Trace.run", (call("trace", "Trace"), python("ad"))),
        "pdb.run (GHSA-4675-36f9-wf6r)": ("pdb", "run", (python("ae"),)),
        "bdb.Bdb.run (GHSA-46h3-79wf-xr6c)": ("bdb", "Bdb.run", (call("bdb", "Bdb"), python("af"))),
        "doctest.debug_script (GHSA-fqq6-7vqf-w3fg)": ("doctest", "debug_script", (python("ag"),)),
        "code.InteractiveInterpreter.runcode": ("code", "InteractiveInterpreter.runcode", (call("code", "InteractiveInterpreter"), python("ah"))),
        "pydoc.pipepager": ("pydoc", "pipepager", ("", touch("ai"))),
        "pydoc.locate": ("pydoc", "locate", ("os.system",)),
        "idlelib.run (GHSA-m869-42cg-3xwr)": ("idlelib.run", "Executive.runcode", (None, python("aj"))),
        "idlelib.pyshell (GHSA-j343-8v2j-ff7w)": ("idlelib.pyshell", "ModifiedInterpreter.runcommand", (None, python("ak"))),
        "idlelib.autocomplete (GHSA-6w4w-5w54-rjvr)": ("idlelib.autocomplete", "AutoComplete.get_entity", (None, python("al"))),
        "idlelib.calltip.get_entity": ("idlelib.calltip", "get_entity", (python("am"),)),
        "idlelib.debugobj (GHSA-3vg9-h568-4w9m)": ("idlelib.debugobj", "ObjectTreeItem.SetText", (None, python("an"))),
        "lib2to3 Grammar.loads (GHSA-f54q-57x4-jg88)": ("lib2to3.pgen2.grammar", "Grammar.loads", (None, b"cos\nsystem\n.")),
        "lib2to3 make_label (GHSA-p9w7-82w4-7q8m)": ("lib2to3.pgen2.pgen", "ParserGenerator.make_label", (None, python("ao"))),
        "numpy runstring": ("numpy.testing._private.utils", "runstring", (python("ap"), {})),
        "numpy.f2py getlincoef (GHSA-rrxm-2pvv-m66x)": ("numpy.f2py.crackfortran", "getlincoef", (python("aq"), {})),
        "numpy.f2py _eval_length (GHSA-6556-fwc2-fg2p)": ("numpy.f2py.crackfortran", "_eval_length", (python("ar"), {})),
        "numpy.load": ("numpy", "load", (f"{own}/as", None, True)),
        "numpy.memmap": ("numpy", "memmap", (f"{own}/at", "uint8", "w+", 0, (1,))),
        "numpy.ndarray.tofile": ("numpy", "ndarray.tofile", (call("numpy", "ndarray", (1,)), f"{own}/au")),
        "numpy.ctypeslib.load_library": ("numpy.ctypeslib", "load_library", ("libc", "/lib")),
        "numpy.lib.DataSource": ("numpy", "DataSource", (own,)),
        "pickle.loads (GHSA-84r2-jw7c-4r5q)": ("pickle", "loads", (pickled(call("os", "system", touch("av"))),)),
        "_pickle.loads": ("_pickle", "loads", (pickled(call("os", "system", touch("aw"))),)),
        "dill.loads": ("dill", "loads", (pickled(call("os", "system", touch("ax"))),)),
        "cloudpickle.loads": ("cloudpickle", "loads", (pickled(call("os", "system", touch("ay"))),)),
        "joblib.load": ("joblib", "load", (f"{own}/az",)),
        "joblib's loky": ("joblib.externals.loky", "get_reusable_executor", ()),
        "joblib.Memory": ("joblib.memory", "Memory", (own,)),
        "pandas.read_pickle": ("pandas", "read_pickle", (f"{own}/ba",)),
        "torch.load": ("torch", "load", (f"{own}/bb",)),
        "torch's run_cprofile (GHSA-4r9r-ch6f-vxmx)": ("torch.utils.bottleneck.__main__", "run_cprofile", (python("bc"), {})),
        "torch's collect_env.run (GHSA-f745-w6jp-hpxx)": ("torch.utils.collect_env", "run", (touch("bd"),)),
        "torch's execWrapper (GHSA-vr7h-p6mm-wpmh)": ("torch.jit.unsupported_tensor_ops", "execWrapper", (python("be"), {}, {})),
        "ctypes.CDLL": ("ctypes", "CDLL", ("libc.so.6",)),
        "ctypes.string_at": ("ctypes", "string_at", (0, 8)),
        "faulthandler._sigsegv": ("faulthandler", "_sigsegv", ()),
        "signal.raise_signal": ("signal", "raise_signal", (9,)),
        "sys.setrecursionlimit": ("sys", "setrecursionlimit", (1_000_000,)),
        "marshal.loads": ("marshal", "loads", (marshal.dumps(compile("1", "x", "eval")),)),
        "types.FunctionType": ("types", "FunctionType", (call("marshal", "loads", marshal.dumps(compile("1", "x", "eval"))), {})),
        "pkgutil.resolve_name (GHSA-vvpj-8cmc-gx39)": ("pkgutil", "resolve_name", ("os:system",)),
        "importlib.import_module": ("importlib", "import_module", ("this",)),
        "sklearn.datasets.fetch_openml": ("sklearn.datasets", "fetch_openml", ("iris",)),
        "a vectorizer that opens files": ("sklearn.feature_extraction.text", "CountVectorizer", ("filename",)),
        "a FunctionTransformer": ("sklearn.preprocessing._function_transformer", "FunctionTransformer", (name("os", "system"),)),
        "a listed estimator": ("sklearn.linear_model._logistic", "LogisticRegression", ()),
        "scipy.io.loadmat": ("scipy.io", "loadmat", (f"{own}/bf",)),
    }  # fmt: skip


def _chains(canary: Canary) -> dict[str, Code]:
    def touch(at: str) -> str:
        return canary.touch(at)

    module = call("importlib", "import_module", "os")
    system = call("builtins", "getattr", module, "system")
    joined = call("builtins", "getattr", name("builtins", "str"), "join")
    return {
        "import_module and getattr": Code(system.code, value((touch("ca"),)), b"R"),
        "a name joined from letters (modelscan 331)": Code(joined.code, value(("", ["o", "s"])), b"R"),
        "operator.attrgetter (GHSA-m273-6v24-x4m4)": Code(
            call("operator", "attrgetter", "system").code, value((module,)), b"R", value((touch("cb"),)), b"R"
        ),
        "_operator.methodcaller (GHSA-955r-x9j8-7rhh)": Code(
            call("_operator", "methodcaller", "system", touch("cc")).code, value((module,)), b"R"
        ),
        "functools.partial": Code(
            call("functools", "partial", name("os", "system"), touch("cd")).code, value(()), b"R"
        ),
        "functools.reduce": call("functools", "reduce", name("builtins", "getattr"), ["os", "system"]),
        "map over os.system": call("builtins", "list", call("builtins", "map", name("os", "system"), [touch("ce")])),
        "numpy's __builtins__ (modelscan 89)": Code(
            call("builtins", "dict.get", name("numpy", "__builtins__"), "exec").code,
            value((canary.python("cf"),)),
            b"R",
        ),
        "modules set as attributes of numpy.prod (modelscan 89)": Code(
            name("numpy", "prod").code, value((None, name("numpy", "_core._internal.sys.modules"))), BUILD, b"0",
            name("numpy", "prod.os.system").code, value((touch("cg"),)), b"R",
        ),
        "the globals of an estimator's method": Code(
            name("sklearn.linear_model._logistic", "LogisticRegression.__init__.__globals__").code
        ),
        "the module that an estimator imports": call("sklearn.linear_model._logistic", "np.load", "x"),
        "the subclasses of object": Code(
            call("builtins", "getattr", name("builtins", "object"), "__subclasses__").code, value(()), b"R"
        ),
    }  # fmt: skip
