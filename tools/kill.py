"""Kill a training at random moments, resume it, and compare its weights with those of an unbroken run

    python tools/kill.py                   50 trainings of a tiny network, each killed once with signal 9 and resumed
    python tools/kill.py --runs 10 --late  10 of them, all killed after the last checkpoint was written
    python tools/kill.py --command         the command `scorediff train` in place of a script of our own

A fifth of the moments lie between the last checkpoint and the weights. Each resumed run must end in the bytes of the unbroken
one. The last line says how many did; the exit status is 0 if all did. It takes some minutes, so no other check runs it."""
import argparse, os, random, shutil, signal, subprocess, sys, tempfile, time
from pathlib import Path

root = Path(__file__).resolve().parent.parent
STEPS,EVERY = 40,4

OURS = f'''
import sys, torch
from pathlib import Path
from scorediff.nets import MLP, save_net
from scorediff.train import Denoising, Recipe, Training, alone, load_run, train
out = Path(sys.argv[1])
points = torch.randn(200, 2, generator=torch.Generator().manual_seed(0))
with alone(out):
    torch.manual_seed(0)
    path = out/'run.safetensors'
    run = load_run(MLP, path) if path.exists() else Training(MLP(2, width=16), Recipe(steps={STEPS}, batch=32))
    train(run, Denoising(), (points,None), path, every={EVERY})
    save_net(run.ema, out/'net.safetensors', torch.float16, **run.about)
'''

def pictures(folder):
    "Twenty small grey pictures to learn"
    import numpy as np
    from PIL import Image
    rng = np.random.default_rng(0)
    folder.mkdir()
    for i in range(20): Image.fromarray(rng.integers(0, 256, (8,8), dtype='uint8')).save(folder/f'{i:02}.png')

def start(out, command, resume, log):
    "A training in a process of its own"
    args = [sys.executable, '-c', OURS, str(out)]
    if command:
        words = f'train --set folder --data {out.parent/"pictures"} --out {out}'
        words += ' --resume' if resume else (f' --steps {STEPS} --every {EVERY} --batch 4 --widths 8 16 --emb 16 --no-bf16 --seed 0')
        args = [sys.executable, '-c', 'from scorediff.cli import main; main()', *words.split()]
    env = os.environ | dict(PYTHONPATH=str(root), OMP_NUM_THREADS='1', MPLBACKEND='agg', IN_TEST='1')
    return subprocess.Popen(args, env=env, stdout=log, stderr=log)

def done(out):
    "Is the last checkpoint written, and the weights not?"
    from scorediff.nets import read_tensors
    try: return read_tensors(out/'run.safetensors')[1]['step']==STEPS
    except (ValueError, FileNotFoundError): return False

def killed(out, command, moment, length, log):
    "Start, kill at the moment (a share of the length; above 1: after the last checkpoint), and say how far it was"
    p,begun = start(out, command, False, log),time.time()
    if moment>1:
        while p.poll() is None and not done(out): time.sleep(0.001)
    else: time.sleep(moment*length)
    p.send_signal(signal.SIGKILL)
    p.wait()
    if (out/'net.safetensors').exists(): return 'after the weights'
    if not (out/'run.safetensors').exists(): return 'before the first checkpoint'
    return 'between the last checkpoint and the weights' if done(out) else 'in training'

def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument('--runs', type=int, default=50, help='trainings to kill (default 50)')
    p.add_argument('--late', action='store_true', help='kill all of them after the last checkpoint')
    p.add_argument('--command', action='store_true', help='kill `scorediff train`')
    p.add_argument('--seed', type=int, default=0, help='of the moments')
    a = p.parse_args()
    sys.path.insert(0, str(root))
    rng,good,where = random.Random(a.seed),0,{}
    with tempfile.TemporaryDirectory() as d, open(Path(d)/'log', 'w+') as log:
        folder = Path(d)
        pictures(folder/'pictures')
        begun = time.time()
        if start(folder/'whole', a.command, False, log).wait(): log.seek(0); sys.exit(f'the unbroken run fails:\n{log.read()}')
        length,whole = time.time()-begun,(folder/'whole'/'net.safetensors').read_bytes()
        for i in range(a.runs):
            out = folder/'killed'
            shutil.rmtree(out, ignore_errors=True)
            place = killed(out, a.command, 2 if a.late or i%5==0 else rng.uniform(0.3, 1), length, log)
            resumed = place!='before the first checkpoint'
            if place!='after the weights' and start(out, a.command, resumed, log).wait(): log.seek(0); print(log.read()[-500:])
            same = (out/'net.safetensors').exists() and (out/'net.safetensors').read_bytes()==whole
            good += same
            where[place] = where.get(place, 0)+1
            if not same: print(f'run {i}, killed {place}: other weights, or none')
    print(', '.join(f'{n} {place}' for place,n in where.items()))
    print(f'{good} of {a.runs} end in the weights of the unbroken run')
    sys.exit(good<a.runs)

if __name__=='__main__': main()
