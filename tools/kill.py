"""Kill a training at random moments, resume it, and compare its weights with those of an unbroken run

    python tools/kill.py                   50 trainings of a tiny network, each killed once with signal 9 and resumed
    python tools/kill.py --runs 10 --late  10 of them, all killed after the last checkpoint was written
    python tools/kill.py --command         the command `scorediff train` in place of `scorediff.train`

A fifth of the moments lie between the last checkpoint and the weights. Each resumed run must end in the bytes of the unbroken
one. The last line says how many did; the exit status is 0 if all did. It takes some minutes, so no other check runs it."""
import os
os.environ |= {'IN_TEST': '1', 'OMP_NUM_THREADS': '1', 'MPLBACKEND': 'agg', # before torch is imported
               'PYTHONWARNINGS': 'ignore::UserWarning:multiprocessing.resource_tracker'} # of what the dead leave behind

import argparse, random, shutil, sys, tempfile, time
from contextlib import redirect_stderr, redirect_stdout
from multiprocessing import get_all_start_methods, get_context
from pathlib import Path

root = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(root))
STEPS,EVERY = 60,4

def ours(out, resume):
    "A training of points in the plane"
    import torch
    from scorediff.nets import MLP, save_net
    from scorediff.train import Denoising, Recipe, Training, alone, load_run, train
    path,points = out/'run.safetensors',torch.randn(200, 2, generator=torch.Generator().manual_seed(0))
    with alone(out):
        torch.manual_seed(0)
        run = load_run(MLP, path) if resume else Training(MLP(2, width=16), Recipe(steps=STEPS, batch=32))
        train(run, Denoising(), (points,None), path, every=EVERY)
        save_net(run.ema, out/'net.safetensors', torch.float16, **run.about)

def command(out, resume):
    "The same by the command line, on twenty small grey pictures"
    from scorediff.cli import main
    args = ['train', '--set', 'folder', '--data', str(out.parent/'pictures'), '--out', str(out), '--every', str(EVERY)]
    new = f'--steps {STEPS} --batch 4 --widths 8 16 --emb 16 --no-bf16 --seed 0'.split()
    main(args + (['--resume'] if resume else new))

def pictures(folder):
    "Twenty small grey pictures to learn"
    import numpy as np
    from PIL import Image
    rng = np.random.default_rng(0)
    folder.mkdir()
    for i in range(20): Image.fromarray(rng.integers(0, 256, (8,8), dtype='uint8')).save(folder/f'{i:02}.png')

def logged(f, out, resume, late, log):
    "In a process of its own: run, and write what it says to a file; if late, wait for the end before the weights are written"
    import torch, scorediff.runs, scorediff.nets
    torch.set_num_threads(1)
    if late: scorediff.runs.save_net = scorediff.nets.save_net = lambda *_, **__: time.sleep(600)
    with open(log, 'a', encoding='utf-8') as o, redirect_stdout(o), redirect_stderr(o): f(out, resume)

def step(out):
    "The step of the checkpoint in a folder; -1 if there is none"
    from scorediff.nets import read_tensors
    try: return read_tensors(out/'run.safetensors')[1]['step']
    except FileNotFoundError: return -1

def killed(p, out, moment, length):
    "Kill a process at its moment, a share of its length, or None for after the last checkpoint; say how far it was"
    begun = time.time()
    while p.is_alive() and (step(out)<STEPS if moment is None else time.time()-begun<moment*length): time.sleep(0.002)
    p.kill()
    p.join()
    if (out/'net.safetensors').exists(): return 'after the weights'
    k = step(out)
    return 'before the first checkpoint' if k<0 else 'in training' if k<STEPS else 'between the last checkpoint and the weights'

def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument('--runs', type=int, default=50, help='trainings to kill (default 50)')
    p.add_argument('--late', action='store_true', help='kill all of them after the last checkpoint')
    p.add_argument('--command', action='store_true', help='kill `scorediff train`')
    p.add_argument('--seed', type=int, default=0, help='of the moments')
    a = p.parse_args()
    rng,good,where,f = random.Random(a.seed),0,{},command if a.command else ours
    context = get_context('forkserver' if 'forkserver' in get_all_start_methods() else 'spawn') # torch is imported once
    if context.get_start_method()=='forkserver': context.set_forkserver_preload(['torch', 'scorediff.runs', 'torch._dynamo'])
    with tempfile.TemporaryDirectory() as d:
        folder = Path(d)
        pictures(folder/'pictures')
        def start(out, resume=False, late=False):
            p = context.Process(target=logged, args=(f, out, resume, late, folder/'log'), daemon=True)
            p.start()
            return p
        for name in 'first','whole': # the first one pays for the imports
            begun,p = time.time(),start(folder/name)
            p.join()
            if p.exitcode: sys.exit(f'the unbroken run fails:\n{(folder/"log").read_text()}')
        length,whole = time.time()-begun,(folder/'whole'/'net.safetensors').read_bytes()
        for i in range(a.runs):
            out = folder/'killed'
            shutil.rmtree(out, ignore_errors=True)
            late = a.late or i%5==0
            place = killed(start(out, late=late), out, None if late else rng.uniform(0, 1), length)
            where[place] = where.get(place, 0)+1
            if place!='after the weights': start(out, resume=step(out)>=0).join()
            same = (out/'net.safetensors').exists() and (out/'net.safetensors').read_bytes()==whole
            good += same
            if not same: print(f'run {i}, killed {place}, ends in other weights or in none')
    print(', '.join(f'{n} {place}' for place,n in where.items()))
    print(f'{good} of {a.runs} end in the weights of the unbroken run')
    sys.exit(good<a.runs)

if __name__=='__main__': main()
