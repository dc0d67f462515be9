"""How the documentation shows what a notebook exports: its name, what it does, its parameters, then its source

Written by hand, and used by the documentation alone (settings.ini: `renderer` and `procs`): the library never imports it."""
import ast, re
from importlib import import_module
from inspect import getsource, getsourcelines, isclass, unwrap
from operator import attrgetter
from fastcore.docments import docments
from nbdev.process import Processor
from nbdev.showdoc import BasicMarkdownRenderer, NbdevLookup
from scorediff import _modidx

def exported(sym):
    "The library's own `sym` in place of the one that a notebook has just defined, whose source can't be read"
    for module,names in _modidx.d['syms'].items():
        if f'{module}.{sym.__qualname__}' in names: return attrgetter(sym.__qualname__)(import_module(module))
    return sym

def comments(sym):
    "What the source says beside each parameter of a function, or beside each field of a class and of its bases"
    said = dict(docments(sym))
    for base in reversed(sym.__mro__) if isclass(sym) else ():
        if base.__module__.startswith('scorediff.'):
            said |= re.findall(r'^    (\w+) *:[^#\n]*# *(.*)$', getsource(base), re.M)
    return said

def source(sym):
    "Where the source of `sym` stands, to the line"
    url = NbdevLookup().code(f'{sym.__module__}.{sym.__qualname__}') if hasattr(sym, '__qualname__') else None
    return url and f'{url.partition("#")[0]}#L{getsourcelines(unwrap(sym))[1]}'

def word(o): return o.__name__ if hasattr(o, '__name__') and isinstance(o, (type, type(word))) else str(o)

class TableRenderer(BasicMarkdownRenderer):
    "A symbol's name with a link to its source, its signature, what it does, and one row a parameter"
    def _repr_markdown_(self):
        sym = exported(self.sym)
        url = source(sym)
        link = f'[source]({url}){{target="_blank" style="float:right; font-size:smaller"}}\n\n' if url else ''
        params = [p for p in self.sig.parameters.values() if p.name!='self'] if self.sig else []
        call = ', '.join(str(p.replace(annotation=p.empty)) for p in params)
        return (f'---\n\n{link}{"#"*self.title_level} {self.nm}\n\n```python\n{self.nm}({call})\n```\n\n'
                f'{self.docs and f"*{self.docs}*"}\n\n{self.table(params, comments(sym))}')

    def table(self, params, said):
        "Nothing where nothing is said; no column where it would be empty"
        def shown(o, mark=''): return '' if o is self.sig.empty or o is None and not mark else f'{mark}{word(o)}{mark}'
        if not any(said.get(p.name) for p in params) and not said.get('return'): return ''
        rows = [(f'`{p.name}`', shown(p.annotation), shown(p.default, '`'), said.get(p.name) or '') for p in params]
        if said.get('return'): rows.append(('**returns**', shown(self.sig.return_annotation), '', said['return']))
        rows = [('', 'Type', 'Default', 'Details'), ('---',)*4, *rows]
        full = [i for i in range(4) if i==0 or any(row[i] for row in rows[2:])]
        text = lambda o: re.sub(r'([|^~])', r'\\\1', o) # a cell's text is text: no columns, no superscripts
        return '\n'.join('| ' + ' | '.join(text(row[i]) for i in full) + ' |' for row in rows)

class show_source(Processor):
    "Show exported cells, which nbdev leaves out: below the tables of what they define, which then need no signature"
    def begin(self):
        cells,self.nb.cells = self.nb.cells,[]
        while cells:
            cell = cells.pop(0)
            own = []
            while cells and cells[0].get('has_sd'): own.append(cells.pop(0))
            for card in own: self.drop_signature(card)
            self.nb.cells += own + [cell]*self.wanted(cell)

    def wanted(self, cell):
        "All but hidden cells, and exported cells of imports alone (`exports` instead of `export` shows those too)"
        if cell.directives_.keys() & {'hide', 'default_exp', 'exporti'}: return False
        if 'export' not in cell.directives_: return True
        return any(not isinstance(o, (ast.Import, ast.ImportFrom)) for o in cell.parsed_() or ())

    def drop_signature(self, card):
        for out in card.outputs:
            if 'data' in out and 'text/markdown' in out.data:
                text = ''.join(out.data['text/markdown'])
                out.data['text/markdown'] = re.sub(r'```python\n.*?\n```\n\n', '', text, flags=re.S).splitlines(True)
