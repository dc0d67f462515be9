"""Run the notebooks: every one (or those named), each in a fresh process, two at a time

    python tools/test.py                   all notebooks, without the cells flagged slow, cuda or notest
    python tools/test.py ode likelihood    only notebooks whose name contains one of these
    python tools/test.py --flags slow      the slow cells too
    python tools/test.py --save            keep the outputs in the notebooks
    python tools/test.py --device cuda      on a GPU, with the cells flagged cuda if --flags names them
    python tools/test.py --capability default --threads 2 --shift 3    as if on another processor, with other draws
    python tools/test.py --coverage        which lines of the library run, and which nothing runs

A notebook passes when its last cell is reached without an exception. Of one that doesn't, a line says where it stopped:

    failed cell: 04_sample.ipynb index 41 id 5d01b3a2 AssertionError: ...

A shift K adds K million to every seed that reaches torch or numpy, in a notebook's cells, in the library and in processes that a
cell starts, so that every draw is another one; the notebooks don't change. Coverage counts an exported cell as the lines of its
module, and what runs in processes that a cell starts; it asks for 95 % in all. The last line says how many notebooks passed."""
import argparse, io, os, re, signal, subprocess, sys, tempfile, time
from base64 import b64decode, b64encode
from concurrent.futures import ThreadPoolExecutor
from multiprocessing import get_all_start_methods, get_context
from pathlib import Path
from PIL import Image

root = Path(__file__).resolve().parent.parent

def arguments():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument('names', nargs='*', help='parts of notebook names; none means all')
    p.add_argument('--flags', nargs='+', default=[], help='run cells with these flags too (slow, cuda, notest)')
    p.add_argument('--save', action='store_true', help='write the outputs back, then nbdev_clean')
    p.add_argument('--workers', type=int, default=min(2, os.cpu_count() or 1), help='notebooks at a time')
    p.add_argument('--timeout', type=float, help='seconds after which a notebook has failed')
    p.add_argument('--capability', choices=['default', 'avx2', 'avx512'], help="torch's instructions: the best there are unless told")
    p.add_argument('--device', help='where the notebooks compute, in words of torch: cpu, cuda, ...; without it a GPU if there is one')
    p.add_argument('--threads', type=int, help='threads a notebook: OMP_NUM_THREADS, else 1')
    p.add_argument('--coverage', action='store_true', help='say which lines of the library nothing runs')
    p.add_argument('--shift', type=int, default=0, help='other draws: add this many millions to every seed')
    return p.parse_args()

def prepare(capability=None, threads=None, device=None):
    "Set what torch reads when it is imported, for the processes that this one starts"
    os.environ['IN_TEST'] = '1'
    os.environ.setdefault('MPLBACKEND', 'agg')
    os.environ['OMP_NUM_THREADS'] = str(threads or os.environ.get('OMP_NUM_THREADS', 1))
    if threads: os.environ['MKL_NUM_THREADS'] = str(threads)
    if device: os.environ['SCOREDIFF_DEVICE'] = device
    if not capability: return
    # torch believes the variable, and dies of an illegal instruction later: so ask it first without
    os.environ.pop('ATEN_CPU_CAPABILITY', None)
    ask = 'import torch; print(torch.backends.cpu.get_cpu_capability())'
    best = subprocess.run([sys.executable, '-c', ask], capture_output=True, text=True, check=True).stdout.strip().lower()
    able = {'avx512':['default', 'avx2', 'avx512'], 'avx2':['default', 'avx2']}.get(best, ['default'])
    if capability not in able: sys.exit(f'this processor has no {capability}: choose from {", ".join(able)}')
    os.environ['ATEN_CPU_CAPABILITY'] = capability

def shift_seeds(by):
    "Add `by` to every seed that this process gives to torch or numpy from now on, and count them in `shift_seeds.calls`"
    if not by: return
    import numpy as np, torch
    from scorediff.core import noise, seeded
    def draw(ids):
        with seeded(0, ids): return noise(torch.zeros(2, 1))
    def constant(): # places drawn once and for all belong to a law, as its weights do
        f = sys._getframe()
        while f and f.f_code.co_name!='forty_modes': f = f.f_back
        return f
    class Generator(torch.Generator):
        def manual_seed(self, seed): return super().manual_seed(other(seed))
    def other(seed):
        shift_seeds.calls += 1
        return seed+by if isinstance(seed, int) else seed
    before,plain,sequence,rng = [draw(None), draw([0,1])],torch.manual_seed,np.random.SeedSequence,np.random.default_rng
    torch.manual_seed,torch.Generator = lambda seed: plain(seed if constant() else other(seed)),Generator
    np.random.SeedSequence = lambda entropy=None, **kw: sequence(other(entropy), **kw)
    np.random.default_rng = lambda seed=None: rng(other(seed))
    if any(a.equal(b) for a,b in zip(before, [draw(None), draw([0,1])])): sys.exit('a shift no longer reaches the noise of scorediff.core')

shift_seeds.calls = 0

def opened(notebook, skipped, shift=0):
    "A notebook, a shell in its folder, and which cells not to run: prose and flagged ones"
    from execnb.nbio import read_nb
    from execnb.shell import CaptureShell
    from nbdev.process import extract_directives

    def skip(cell):
        if cell.cell_type!='code': return True
        flags = extract_directives(cell, remove=False)
        return flags.get('eval:', [''])[0].lower()=='false' or bool(skipped & flags.keys())

    tree = next(o for o in notebook.parents if (o/'settings.ini').exists())
    sys.path.insert(0, str(tree))
    signal.signal(signal.SIGINT, signal.default_int_handler) # a shell that starts it in the background has this ignored
    os.chdir(notebook.parent)
    if shift:
        shift_seeds(shift*10**6)
        sys.path.insert(0, str(root/'tools'/'shifted')) # and the processes that it starts
        path = os.pathsep.join([*sys.path[:2], os.environ.get('PYTHONPATH', '')]).rstrip(os.pathsep)
        os.environ |= {'SCOREDIFF_SHIFT': str(shift), 'PYTHONPATH': path}
    return read_nb(notebook),CaptureShell(notebook),skip

def execute(notebook, skipped, save=False, shift=0, settings=None):
    "Run one notebook in this process, and exit with 1 at the first exception"
    nb,shell,skip = opened(notebook, skipped, shift)
    if settings: skip = covered(notebook, shell, skip, settings)
    try: shell.run_all(nb, exc_stop=True, preproc=skip)
    except BaseException as e:
        print(shell.prettytb(fname=notebook), file=sys.__stderr__, flush=True)
        print(failed(notebook, nb.cells[shell._cell_idx-1], e), flush=True)
        sys.exit(1)
    if save:
        from execnb.nbio import write_nb
        from nbdev.clean import nbdev_clean
        for cell in nb.cells: shrink(cell)
        write_nb(nb, notebook)
        nbdev_clean(str(notebook))

SETTINGS = '''
[run]
source = {library}
omit = */_modidx.py, */_showdoc.py, */__init__.py
data_file = {folder}/data
parallel = true
patch = _exit
disable_warnings = no-data-collected,module-not-measured,module-not-imported
'''
MARKER = re.compile(r'^# %% \.\./nbs/(\S+\.ipynb) #(\S+)$') # above what a module has from a cell

def covered(notebook, shell, skip, settings):
    "Measure what runs from now on, in this process and in those that it starts; an exported cell runs as if it stood in its module"
    import ast
    from coverage import Coverage
    places = {} # where a cell stands
    for path in (root/'scorediff').glob('*.py'):
        for i,line in enumerate(path.read_text(encoding='utf-8').split('\n')):
            if (m := MARKER.match(line)) and m[1]==notebook.name: places[m[2]] = str(path),i+1
    file,shift,plain = None,0,shell.compile.cache
    def start(cell):
        nonlocal file,shift
        file,i = places.get(cell.get('id'), (None,0))
        shift = i-next((k for k,o in enumerate(cell.source.split('\n')) if o.strip() and not o.startswith('#|')), 0)
        return skip(cell)
    class Moved(ast.NodeTransformer):
        def visit(self, tree): return ast.increment_lineno(tree, shift) if file else tree
    shell.compile.cache = lambda *args, **kwargs: file or plain(*args, **kwargs)
    shell.ast_transformers.append(Moved())
    os.environ['COVERAGE_PROCESS_START'] = settings # the processes that it starts read this
    measured = Coverage(config_file=settings)
    measured.start()
    def end():
        measured.stop()
        measured.save()
    from multiprocessing.util import Finalize # this process knows no atexit
    Finalize(None, end, exitpriority=100)
    return start

def report(settings):
    "Print a line a module, and return the share of lines that ran"
    from coverage import Coverage
    measured = Coverage(config_file=settings)
    measured.combine()
    return measured.report(show_missing=True, skip_empty=True)

def failed(notebook, cell, e):
    "The line that names a cell which failed, and why"
    why = (str(e).strip() or '-').splitlines()[0][:200]
    return f'failed cell: {notebook.name} index {cell.idx_} id {cell.get("id")} {type(e).__name__}: {why}'

def shrink(cell):
    "Figures live in git for ever: 256 colours are enough for a plot, and a third of the size"
    for out in cell.get('outputs', []):
        if len(png := ''.join(out.get('data', {}).get('image/png', '')))<30_000: continue
        figure = Image.open(io.BytesIO(b64decode(png))).convert('RGBA')
        small,file = Image.alpha_composite(Image.new('RGBA', figure.size, 'white'), figure),io.BytesIO()
        small.convert('RGB').quantize(256, dither=Image.Dither.NONE).save(file, 'PNG', optimize=True)
        out['data']['image/png'] = b64encode(file.getvalue()).decode()+'\n'

def pages(names=()):
    "The notebooks, or those whose names contain one of these"
    notebooks = [o for o in sorted((root/'nbs').rglob('[!.]*.ipynb')) if '.ipynb_checkpoints' not in o.parts]
    if names: notebooks = [o for o in notebooks if any(name in o.stem for name in names)]
    if not notebooks: sys.exit(f'no notebook is called {" or ".join(names)}')
    return notebooks

def flags(wanted=()):
    "The flags whose cells are left out"
    os.chdir(root) # where nbdev finds settings.ini
    from nbdev.config import get_config
    return set(get_config().tst_flags.split()) - set(wanted)

def start_method():
    "The server imports the heavy packages once; each notebook then starts as a fork of that clean state"
    context = get_context('forkserver' if 'forkserver' in get_all_start_methods() else 'spawn')
    if context.get_start_method()=='forkserver':
        context.set_forkserver_preload(['torch', 'matplotlib.pyplot', 'nbdev.clean', 'execnb.shell'])
    return context

def main():
    args = arguments()
    if args.save and args.shift: sys.exit('outputs are kept of unshifted seeds: drop --save or --shift')
    prepare(args.capability, args.threads, args.device)
    notebooks,skipped,context = pages(args.names),flags(args.flags),start_method()

    def run(notebook):
        start = time.time()
        process = context.Process(target=execute, args=(notebook, skipped, args.save, args.shift, settings))
        process.start()
        process.join(args.timeout)
        if process.is_alive(): process.kill(); process.join()
        ok = process.exitcode==0
        killed = f'  (killed by signal {-process.exitcode})' if process.exitcode<0 else ''
        print(f'{"ok  " if ok else "FAIL"} {time.time()-start:6.1f} s  {notebook.relative_to(root/"nbs")}{killed}', flush=True)
        return ok

    start,share = time.time(),100
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(args.workers) as pool:
        settings = args.coverage and f'{folder}/settings'
        if settings: Path(settings).write_text(SETTINGS.format(folder=folder, library=root/'scorediff'), encoding='utf-8')
        passed = list(pool.map(run, notebooks))
        if settings: share = report(settings)
    print(f'{time.time()-start:.0f} s in all')
    print(f'{sum(passed)} passed, {len(passed)-sum(passed)} failed')
    sys.exit(not all(passed) or share<95 and not args.names)

if __name__=='__main__': main()
