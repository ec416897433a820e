import HTML

/// The look of all pages.
enum ConsoleStyle {
    static let css: HTML = """
        :root{color-scheme:light dark}
        *{box-sizing:border-box}
        body{margin:0;background:var(--chart-page);color:var(--chart-text);\
        font:15px/1.5 system-ui,sans-serif}
        a{color:var(--chart-1)}
        :focus-visible{outline:2px solid var(--chart-1);outline-offset:2px}
        .skip{position:absolute;left:-99rem}.skip:focus{left:1rem;top:.5rem}
        header{display:flex;gap:1.5rem;align-items:baseline;flex-wrap:wrap;\
        padding:.7rem 1.5rem;border-bottom:1px solid var(--chart-grid)}
        header .brand{font-weight:700;text-decoration:none;color:inherit}
        nav a{margin-right:1rem;text-decoration:none}
        nav a[aria-current]{font-weight:600;text-decoration:underline;text-underline-offset:.4rem}
        main,footer{max-width:80rem;margin:0 auto;padding:0 1.5rem}
        footer{margin-top:3rem;padding-bottom:2rem;color:var(--chart-quiet);font-size:13px}
        h1{font-size:1.5rem;line-height:1.25;margin:1.5rem 0 .5rem;overflow-wrap:anywhere}
        .numbers th,.when{white-space:nowrap}
        h2{font-size:1.1rem;margin:2.2rem 0 .6rem}
        h3{font-size:1rem;margin:0;line-height:1.3}
        p{margin:.4rem 0}
        .quiet{color:var(--chart-quiet)}
        .badge{display:inline-block;border:1px solid currentColor;border-radius:1rem;\
        padding:0 .55rem;font-size:13px;white-space:nowrap}
        .good{color:var(--tone-good)}.open{color:var(--tone-open)}.bad{color:var(--tone-bad)}
        :root{--tone-good:#0b6b43;--tone-open:#7a5600;--tone-bad:#a3231a}
        @media (prefers-color-scheme:dark){:root{--tone-good:#4cc38a;--tone-open:#e0b040;\
        --tone-bad:#ff8577}}
        .answer{font-size:1.15rem;margin:.2rem 0 1rem}
        .problems{list-style:none;margin:1rem 0;padding:0;display:grid;gap:.7rem}
        .problems li{border:1px solid var(--chart-grid);border-left:5px solid var(--tone-bad);\
        border-radius:6px;padding:.7rem 1rem}
        .problems li.open{border-left-color:var(--tone-open);color:inherit}
        .problems p,dd{overflow-wrap:anywhere}.problems h2{font-size:1rem;margin:0;line-height:1.3}\
        .problems h2 span{font-weight:400}
        td p{margin:0}
        table{border-collapse:collapse;width:100%}
        .scroll{overflow-x:auto}
        th,td{text-align:left;padding:.35rem .9rem .35rem 0;vertical-align:top;font-weight:400}
        thead th{font-weight:600;border-bottom:1px solid var(--chart-grid)}
        tbody tr+tr>*{border-top:1px solid var(--chart-grid)}
        .number{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
        @media (min-width:40.01rem){.number+:not(.number){padding-left:.6rem}}
        th[aria-sort=descending] a::after{content:" ↓"}th[aria-sort=ascending] a::after{content:" ↑"}
        .organizations td,.organizations th{vertical-align:middle}
        .organizations .who{min-width:11rem}.organizations .grid{width:45%}
        .organizations .use{width:20%;min-width:8rem}
        .organizations .who a{font-weight:600}
        form.filter{display:flex;flex-wrap:wrap;gap:.6rem;align-items:end;margin:1rem 0}
        .filter label{font-size:13px;color:var(--chart-quiet);display:grid;gap:.15rem}
        input,select,button{font:inherit;color:inherit;background:var(--chart-page);\
        border:1px solid var(--chart-quiet);border-radius:6px;padding:.3rem .6rem;min-height:2.2rem}
        .acts{display:flex;flex-wrap:wrap;gap:.6rem 1.2rem;align-items:center;margin:.8rem 0}
        .act{margin:.4rem 0}button{cursor:pointer}
        .tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(10rem,1fr));gap:.8rem;\
        margin:1rem 0}
        .tiles div{border:1px solid var(--chart-grid);border-radius:6px;padding:.6rem .9rem}
        .tiles b{display:block;font-size:1.5rem;line-height:1.3}
        .panels{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(34rem,100%),1fr));\
        gap:1rem;margin:1rem 0}
        .panel{border:1px solid var(--chart-grid);border-radius:6px;padding:.8rem 1rem;min-width:0}
        .panel>p{font-size:13px;color:var(--chart-quiet);margin:.1rem 0 .4rem}
        .panel .links{display:flex;flex-wrap:wrap;gap:.2rem 1rem;font-size:13px;align-items:start}
        .panel details{flex:1 1 auto}.panel details[open]{flex-basis:100%}
        summary{cursor:pointer}
        pre{overflow-x:auto;background:var(--chart-weekend);border-radius:6px;padding:.6rem .8rem;\
        font-size:13px;white-space:pre-wrap;overflow-wrap:anywhere}
        .pages{display:flex;gap:1rem;margin:1rem 0}
        .key{display:flex;flex-wrap:wrap;gap:.2rem 1.2rem;font-size:13px;color:var(--chart-quiet)}
        .key svg{display:inline-block;width:22px;vertical-align:middle;margin-right:.3rem}
        .names{columns:3 20rem;font-size:13px;list-style:none;padding:0;overflow-wrap:anywhere}\
        .names a{display:inline-block;min-height:24px}
        @media (max-width:40rem){
        header,main,footer{padding-left:1rem;padding-right:1rem}
        .organizations thead .who,.organizations thead .use,.organizations thead .cost{display:none}
        .organizations tr{display:grid;grid-template-columns:1fr auto;gap:.1rem 1rem;padding:.6rem 0;\
        border-bottom:1px solid var(--chart-grid)}
        .organizations tbody tr+tr>*{border:0}
        .organizations th,.organizations td{padding:0;border:0}
        .organizations .grid{grid-column:1/3;grid-row:2;width:auto}
        .organizations .use{grid-column:1/3;grid-row:3;width:auto}
        .organizations .cost{grid-column:2;grid-row:1}
        .organizations .who{grid-column:1;grid-row:1;min-width:0}
        .organizations thead tr{display:block;padding:0;border:0}
        .cards thead{display:none}.cards tr{display:block;padding:.6rem 0;\
        border-bottom:1px solid var(--chart-grid)}
        .cards td,.cards th{display:block;padding:0;border:0!important;text-align:left;\
        white-space:normal;overflow-wrap:anywhere}
        .cards a{display:inline-block;min-height:24px}
        .cards td[data-name]{display:inline-block;margin-right:1rem}
        .cards td[data-name]::before{content:attr(data-name) ": ";color:var(--chart-quiet)}
        }
        """
}
