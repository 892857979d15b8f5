"""A private PostgreSQL server, and what the sections ask of ledgers in it instead of files."""
import atexit, glob, json, os, shutil, socket, subprocess, tempfile, time

PORT = None     # of the server, None without one


def _as_server(*args, **more):
    """Runs a program of PostgreSQL, which refuses to run as root."""
    if os.getuid() == 0:
        args = ("setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups", "--") + args
    subprocess.run(args, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL, **more)


def start():
    """Starts a server of its own; False if PostgreSQL is not installed."""
    global PORT
    found = sorted(glob.glob("/usr/lib/postgresql/*/bin/initdb")) or [p for p in [shutil.which("initdb")] if p]
    if not found:
        return False
    tools, folder = os.path.dirname(found[-1]), tempfile.mkdtemp(prefix="rel-pg-")
    if os.getuid() == 0:
        shutil.chown(folder, "nobody")
    data = os.path.join(folder, "data")
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        port = s.getsockname()[1]
    _as_server(os.path.join(tools, "initdb"), "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale", "C.UTF-8", cwd=folder)

    def stop():
        _as_server(os.path.join(tools, "pg_ctl"), "-D", data, "-m", "immediate", "stop", cwd=folder)
        shutil.rmtree(folder, ignore_errors=True)
    # Processes are killed here, not the server: it needs no sync.
    options = "-p %d -k '' -c listen_addresses=127.0.0.1 -c max_connections=200 -c fsync=off" % port
    _as_server(os.path.join(tools, "pg_ctl"), "-D", data, "-l", os.path.join(folder, "log"), "-w", "-o", options, "start", cwd=folder)
    atexit.register(stop)
    PORT = port
    return True


def url(name):
    """The ledger of a name, in a schema of its own."""
    return "postgres://postgres@127.0.0.1:%d/postgres?sslmode=disable&search_path=%s" % (PORT, name)


def schema(place):
    return place.rsplit("=", 1)[1]


def ask(sql):
    """The rows of a query that gives JSON."""
    said = subprocess.run(["psql", "-XqAt", "-h", "127.0.0.1", "-p", str(PORT), "-U", "postgres", "-v", "ON_ERROR_STOP=1", "-c", sql, "postgres"],
                          check=True, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, encoding="utf-8").stdout
    return [json.loads(line) for line in said.splitlines()]


def exists(place):
    return ask("SELECT to_json(to_regclass('\"%s\".deployment') IS NOT NULL)" % schema(place))[0] if PORT else False


def wipe(place):
    ask("SET client_min_messages = error; DROP SCHEMA IF EXISTS \"%s\" CASCADE" % schema(place))


def tables(place, since):
    """(owners with what they have in flight, rows), as the sections know them of a file."""
    s = schema(place)
    owners = ask("SELECT json_build_array(id, in_flight) FROM \"%s\".owner" % s)
    rows = ask("SELECT json_build_array(id, state, owner, attempts, possibly_duplicated, application, target, feed, grp, package, version,"
               " made_at, date, error_kind, via) FROM \"%s\".deployment WHERE id >= '%s'" % (s, since))
    return owners, rows


def wait_for_end(name):
    """Waits until the server has seen that a process is gone: its records in flight are uncertain from then on."""
    until = time.monotonic() + 30
    while ask("SELECT count(*) FROM pg_stat_activity WHERE application_name = '%s'" % name)[0] and time.monotonic() < until:
        time.sleep(0.01)
