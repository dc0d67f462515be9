"""Run the notebooks: every one (or those named), each in a fresh process, two at a time

    python tools/test.py                   all notebooks, without the cells flagged slow, cuda or notest
    python tools/test.py ode likelihood    only notebooks whose name contains one of these
    python tools/test.py --flags slow      the slow cells too
    python tools/test.py --save            keep the outputs in the notebooks

A notebook passes when its last cell is reached without an exception. The last line says how many did."""
import os
os.environ |= {'IN_TEST': '1', 'OMP_NUM_THREADS': os.environ.get('OMP_NUM_THREADS', '1')} # before torch is imported
os.environ.setdefault('MPLBACKEND', 'agg')

import argparse, io, sys, time
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
    return p.parse_args()

def execute(notebook, skipped, save):
    "Run one notebook in this process from its own folder, and exit with 1 at the first exception"
    from execnb.nbio import read_nb, write_nb
    from execnb.shell import CaptureShell
    from nbdev.clean import nbdev_clean
    from nbdev.process import extract_directives

    def skip(cell):
        "Prose and flagged cells"
        if cell.cell_type!='code': return True
        flags = extract_directives(cell, remove=False)
        return flags.get('eval:', [''])[0].lower()=='false' or bool(skipped & flags.keys())

    sys.path.insert(0, str(root))
    os.chdir(notebook.parent)
    nb,shell = read_nb(notebook),CaptureShell(notebook)
    try: shell.run_all(nb, exc_stop=True, preproc=skip)
    except BaseException:
        print(shell.prettytb(fname=notebook), file=sys.__stderr__, flush=True)
        sys.exit(1)
    if save:
        for cell in nb.cells: shrink(cell)
        write_nb(nb, notebook)
        nbdev_clean(str(notebook))

def shrink(cell):
    "Figures live in git for ever: 256 colours are enough for a plot, and a third of the size"
    for out in cell.get('outputs', []):
        if len(png := ''.join(out.get('data', {}).get('image/png', '')))<30_000: continue
        figure = Image.open(io.BytesIO(b64decode(png))).convert('RGBA')
        small,file = Image.alpha_composite(Image.new('RGBA', figure.size, 'white'), figure),io.BytesIO()
        small.convert('RGB').quantize(256, dither=Image.Dither.NONE).save(file, 'PNG', optimize=True)
        out['data']['image/png'] = b64encode(file.getvalue()).decode()+'\n'

def main():
    args = arguments()
    os.chdir(root) # where nbdev finds settings.ini
    from nbdev.config import get_config
    skipped = set(get_config().tst_flags.split()) - set(args.flags)
    notebooks = [o for o in sorted((root/'nbs').rglob('[!.]*.ipynb')) if '.ipynb_checkpoints' not in o.parts]
    if args.names: notebooks = [o for o in notebooks if any(name in o.stem for name in args.names)]
    if not notebooks: sys.exit(f'no notebook is called {" or ".join(args.names)}')

    # The server imports the heavy packages once; each notebook then starts as a fork of that clean state.
    context = get_context('forkserver' if 'forkserver' in get_all_start_methods() else 'spawn')
    if context.get_start_method()=='forkserver':
        context.set_forkserver_preload(['torch', 'matplotlib.pyplot', 'nbdev.clean', 'execnb.shell'])

    def run(notebook):
        start = time.time()
        process = context.Process(target=execute, args=(notebook, skipped, args.save))
        process.start()
        process.join(args.timeout)
        if process.is_alive(): process.kill(); process.join()
        ok = process.exitcode==0
        killed = f'  (killed by signal {-process.exitcode})' if process.exitcode<0 else ''
        print(f'{"ok  " if ok else "FAIL"} {time.time()-start:6.1f} s  {notebook.relative_to(root/"nbs")}{killed}', flush=True)
        return ok

    start = time.time()
    with ThreadPoolExecutor(args.workers) as pool: passed = list(pool.map(run, notebooks))
    print(f'{time.time()-start:.0f} s in all')
    print(f'{sum(passed)} passed, {len(passed)-sum(passed)} failed')
    sys.exit(not all(passed))

if __name__=='__main__': main()
