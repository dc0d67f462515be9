"""Run the notebooks under other seeds, and say how often each cell fails

    python tools/seeds.py                          ten shifts of every notebook
    python tools/seeds.py ode score --shifts 3     three shifts of those whose name contains one of these
    python tools/seeds.py --shifts 11-40           the shifts from 11 to 40

A notebook goes on after a cell that failed, so that each run says how each cell did; a NameError after that is a consequence
and doesn't count. A cell draws if torch's global stream moved or a seed was set while it ran. The last line has the share of
runs of such cells that failed. The exit status is 1 if it is above 1 %, or a cell failed twice, or a notebook didn't end."""
import argparse, json, os, sys, tempfile, time
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from test import failed, flags, opened, pages, prepare, shift_seeds, start_method # the one beside this file

def watch(notebook, skipped, shift, file):
    "Run one shifted notebook to its end, and write a line a cell: index, id, whether it drew, and how it failed"
    nb,shell,skip = opened(notebook, skipped, shift)
    import torch
    before,broken = None,False
    def start(cell):
        nonlocal before
        before = (shift_seeds.calls, torch.get_rng_state())
        return skip(cell)
    def end(cell):
        nonlocal broken
        drew = shift_seeds.calls!=before[0] or not torch.get_rng_state().equal(before[1])
        why = shell.exc and not (broken and isinstance(shell.exc, NameError)) and failed(notebook, cell, shell.exc)
        broken = broken or bool(shell.exc)
        with open(file, 'a', encoding='utf-8') as f: print(json.dumps([cell.idx_, cell.get('id'), drew, why or None]), file=f)
    shell.run_all(nb, preproc=start, postproc=end)

def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument('names', nargs='*', help='parts of notebook names; none means all')
    p.add_argument('--shifts', default='10', help='how many, or from which to which')
    p.add_argument('--flags', nargs='+', default=[], help='run cells with these flags too (slow, cuda, notest)')
    p.add_argument('--workers', type=int, default=min(2, os.cpu_count() or 1), help='notebooks at a time')
    p.add_argument('--timeout', type=float, default=600, help='seconds after which a notebook is ended')
    p.add_argument('--capability', choices=['default', 'avx2', 'avx512'], help="torch's instructions")
    p.add_argument('--threads', type=int, help='threads a notebook')
    args = p.parse_args()
    first,_,last = args.shifts.rpartition('-')
    shifts = range(int(first or 1), int(last)+1)
    if not shifts or shifts[0]<1: p.error(f'--shifts takes a number, or two as 11-40, found {args.shifts}')
    prepare(args.capability, args.threads)
    notebooks,skipped,context = pages(args.names),flags(args.flags),start_method()
    draws,runs,faults,cut,begun = defaultdict(bool),0,defaultdict(list),[],time.time()

    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(args.workers) as pool:
        def run(job):
            notebook,shift = job
            file,start = Path(folder)/f'{notebook.stem}.{shift}',time.time()
            process = context.Process(target=watch, args=(notebook, skipped, shift, file))
            process.start()
            process.join(args.timeout)
            if process.is_alive(): process.kill(); process.join()
            lines = [json.loads(o) for o in file.read_text(encoding='utf-8').splitlines()] if file.exists() else []
            print(f'{notebook.name} shift {shift}: {time.time()-start:.1f} s', flush=True)
            for *_,why in lines:
                if why: print(f'    {why}', flush=True)
            return notebook,shift,process.exitcode,lines
        for notebook,shift,code,lines in pool.map(run, [(o, k) for o in notebooks for k in shifts]):
            if code: cut.append(f'{notebook.name} shift {shift} ended with {code}')
            for i,name,drew,why in lines:
                key = f'{notebook.name} index {i} id {name}'
                draws[key] |= drew
                runs += drew
                if why: faults[key].append((shift, why.split(f'id {name} ')[-1]))

    print()
    for key,failures in faults.items():
        ks = ', '.join(str(k) for k,_ in failures)
        twice = '  TWICE' if len(failures)>1 else ''
        drew = '' if draws[key] else '  (draws nothing itself)'
        print(f'{len(failures)/len(shifts):4.0%}  {key} at shifts {ks}{twice}{drew}: {failures[0][1]}')
    for o in cut: print(o)
    n,many = sum(map(len, faults.values())),sum(len(o)>1 for o in faults.values())
    share = n/max(runs, 1)
    print(f'{time.time()-begun:.0f} s in all')
    print(f'{sum(draws.values())} cells draw, {n} of {runs} runs of them failed ({share:.2%}), {many} cells more than once')
    sys.exit(bool(share>0.01 or many or cut))

if __name__=='__main__': main()
