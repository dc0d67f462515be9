"""Build the documentation site from the notebooks into _docs/, without network, and check its links

    python tools/docs.py              the site, with Quarto where it is installed and with smalldocs elsewhere
    python tools/docs.py --readme     write README.md from nbs/index.ipynb
    python tools/docs.py --check      only see whether README.md is what --readme would write

To read the site: python -m http.server -d _docs"""
import argparse, base64, json, os, re, shutil, subprocess, sys
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

root = Path(__file__).resolve().parent.parent
site,staged,images = root/'_docs',root/'_proc',root/'nbs'/'images'
os.environ |= {'MPLBACKEND': 'agg', 'OMP_NUM_THREADS': '1'} # for the processes that nbdev starts,
sys.path.insert(0, str(root))                               # which import the library from here

def page(notebook):
    "91_plot.ipynb becomes plot.html: numbers order the book, they don't belong in its addresses"
    return re.sub(r'^\d+[a-z]?_', '', notebook)

def stage():
    "nbdev's own processors write the notebooks for the site into _proc/, here under names without numbers"
    import nbdev.doclinks
    from nbdev.config import get_config
    from nbdev.serve import proc_nbs
    shutil.rmtree(staged, ignore_errors=True)
    nbdev.doclinks._build_modidx()
    proc_nbs(force=True, n_workers=2)
    host = f'{get_config().doc_host}{get_config().doc_baseurl}/'
    for path in [*staged.rglob('*.ipynb'), staged/'_quarto.yml']:
        up = '../'*(len(path.relative_to(staged).parts)-1) or './'
        text = path.read_text(encoding='utf-8')
        if path.suffix=='.ipynb': text = re.sub(r'\s*"output-file: [^"]*",', '', text.replace(host, up))
        text = re.sub(r'\[\[(`[^`\n]+`)\]\([^)\n]*\)\](?=\()', r'[\1]', text) # a name that has a link of its own keeps it
        text = re.sub(r'(?<=["\n]\| )\[(`\w+`)\]\([^)\n]*\)', r'\1', text) # a parameter is no link
        for nb in (root/'nbs').rglob('*.ipynb'): text = re.sub(rf'(?<=[ (/]){re.escape(nb.name)}\b', page(nb.name), text)
        path.unlink()
        path.with_name(page(path.name)).write_text(text, encoding='utf-8')

def render():
    "Quarto or smalldocs, with KaTeX and fonts from the site itself in place of a server's"
    if shutil.which('quarto'): subprocess.run(['quarto', 'render', str(staged), '-M', 'html-math-method:katex'], check=True)
    else: subprocess.run([sys.executable, '-m', 'smalldocs.cli', 'render', str(staged)], check=True)
    shutil.rmtree(site, ignore_errors=True)
    shutil.move(staged/site.name, site)
    shutil.copytree(root/'tools'/'katex', site/'site_libs'/'katex')
    for path in site.rglob('*.html'):
        up = '../'*(len(path.relative_to(site).parts)-1)
        substitute(path, r'https://cdn.jsdelivr.net/npm/katex@[\w.]+/dist', f'{up}site_libs/katex')
    for path in site.rglob('*.css'): substitute(path, r'@import url\([^)]*fonts\.googleapis[^)]*\);?', '')

def substitute(path, pattern, new): path.write_text(re.sub(pattern, new, path.read_text(encoding='utf-8')), encoding='utf-8')

VERBATIM = 'pre','code','script','style'

class Links(HTMLParser):
    "What a page points to, what it loads, and the places in it that can be pointed to"
    def __init__(self, path):
        super().__init__()
        self.to,self.loads,self.ids,self.said,self.verbatim = [],[],{''},'',0
        self.feed(path.read_text(encoding='utf-8'))

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        self.ids |= {attrs[k] for k in ('id', 'name') if attrs.get(k)}
        if tag=='a' and attrs.get('href'): self.to.append(attrs['href'])
        if tag in ('img', 'script') and attrs.get('src'): self.loads.append(attrs['src'])
        self.verbatim += tag in VERBATIM
        if tag=='link' and attrs.get('rel') in ('stylesheet', 'icon') and attrs.get('href'): self.loads.append(attrs['href'])

    def handle_endtag(self, tag): self.verbatim -= tag in VERBATIM
    def handle_data(self, data): self.said += '' if self.verbatim else data

def links():
    "Notebooks without a page, pages that load something from the network, links that lead nowhere or were never made"
    for nb in sorted((root/'nbs').rglob('*.ipynb')):
        html = site/nb.relative_to(root/'nbs').with_name(page(nb.name)).with_suffix('.html')
        if not html.exists(): yield f'{nb.name} has no page'
    pages = {o.resolve(): Links(o) for o in sorted(site.rglob('*.html'))}
    for path,found in pages.items():
        for raw in re.findall(r'.{0,30}\]\([^)\s]*\)', re.sub(r'\\[\[(].*?\\[\])]', '', found.said, flags=re.S)):
            yield f'{path.name}: a link that was not made: {raw}'
        for to in sorted({*found.to, *found.loads}):
            if to.endswith('#LNone'): yield f'{path.name}: {to} names no line'
            url,here = urlsplit(to),path.relative_to(site)
            if url.scheme or url.netloc:
                if to in found.loads and url.scheme!='data': yield f'{here}: loads {to}'
                continue
            target = (path.parent/unquote(url.path)).resolve() if url.path else path
            if target.is_dir(): target /= 'index.html'
            if not target.exists(): yield f'{here}: {to} is not in the site'
            elif target in pages and unquote(url.fragment) not in pages[target].ids:
                yield f'{here}: {to} names no place on that page'

def formulas():
    "Formulas that KaTeX can't read; where there is no node to ask, none"
    if not shutil.which('node'): return
    found = [(path.name, unescape(tex)) for path in sorted(site.rglob('*.html'))
             for tex in re.findall(r'class="math \w+">\\[([](.*?)\\[)\]]</', path.read_text(encoding='utf-8'), re.S)]
    ask = """const katex = require(process.argv[1]), found = JSON.parse(require('fs').readFileSync(0))
for (const [page, tex] of found) try { katex.renderToString(tex, {displayMode: true}) }
    catch (e) { console.log(`${page}: ${e.message.replace(/\\s+/g, ' ')}`) }"""
    run = subprocess.run(['node', '-e', ask, str(root/'tools'/'katex'/'katex.min.js')], input=json.dumps(found),
                         capture_output=True, text=True, check=True)
    print(f'{len(found)} formulas')
    yield from run.stdout.splitlines()

def readme():
    "README.md and the pictures it shows, as {path: bytes}, from the saved index notebook"
    pages = lambda text: re.sub(r'\]\((?=[\w-]+\.ipynb)', '](nbs/', text)
    out,files = ['<!-- Made from nbs/index.ipynb by tools/docs.py: edit there, not here -->'],{}
    for cell in json.loads((root/'nbs'/'index.ipynb').read_text(encoding='utf-8'))['cells']:
        source = ''.join(cell['source']).strip()
        if re.search(r'^#\| *hide', source, re.M): continue
        if cell['cell_type']=='markdown':
            out.append(pages(source))
        elif cell['cell_type']=='code':
            option = dict(re.findall(r'^#\| *([\w-]+): *(.*)$', source, re.M))
            code = re.sub(r'^#\|.*\n?', '', source, flags=re.M).strip()
            if code and option.get('echo')!='false': out.append(f'```python\n{code}\n```')
            for o in cell['outputs']:
                data = {k: ''.join(v) for k,v in o.get('data', {}).items()}
                if 'image/png' in data:
                    path = images/f'index-{len(files)}.png'
                    files[path] = base64.b64decode(data['image/png'])
                    out.append(f'![{option.get("fig-alt", "")}]({path.relative_to(root)})')
                    if 'fig-cap' in option: out.append(f'*{option["fig-cap"]}*')
                elif 'text/markdown' in data: out.append(pages(data['text/markdown'].strip()))
                elif (text := data.get('text/plain') or ''.join(o.get('text', ''))): out.append(f'```\n{text.rstrip()}\n```')
    return {root/'README.md': ('\n\n'.join(out)+'\n').encode()} | files

def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument('--readme', action='store_true', help='write README.md and its pictures')
    p.add_argument('--check', action='store_true', help='exit with 1 where README.md is out of date')
    args = p.parse_args()
    os.chdir(root)
    if args.readme or args.check:
        for path,data in readme().items():
            if args.readme:
                path.parent.mkdir(exist_ok=True)
                path.write_bytes(data)
            elif not path.exists() or path.read_bytes()!=data:
                sys.exit(f'{path.relative_to(root)} is out of date: python tools/docs.py --readme')
        return
    stage()
    render()
    found = [*links(), *formulas()]
    for o in found: print(o)
    n = len(list(site.rglob('*.html')))
    if found: sys.exit(f'{len(found)} faults in {n} pages')
    print(f'_docs/: {n} pages, every internal link leads somewhere')

if __name__=='__main__': main()
