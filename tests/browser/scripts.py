"""JavaScript that runs a figure's own script in a bare page."""

COMPUTE = """async ([module, script, constants, settings]) => {
    const load = (text) => import(URL.createObjectURL(
        new Blob([text], { type: "text/javascript" })));
    const { loadFigure } = await load(module);
    const figure = await loadFigure(script, constants);
    return settings.map(({ press, values, start }) => {
        const pressed = press ? figure.press(press, values) : values;
        const settled = figure.settle ? figure.settle(pressed, start) : pressed;
        const data = figure.compute(settled);
        return { values: settled, data, finding: figure.describe(data, settled) };
    });
}"""


DRAW = """async ([module, script, constants, settings, [width, height]]) => {
    const load = (text) => import(URL.createObjectURL(
        new Blob([text], { type: "text/javascript" })));
    const { loadFigure, Plot } = await load(module);
    const figure = await loadFigure(script, constants);
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    return settings.map((values) => {
        const plot = new Plot(svg, width, height);
        try {
            const data = figure.compute(values);
            figure.draw(plot, data, values, () => {});
            plot.finish();
            return [figure.describe(data, values), svg.innerHTML];
        } catch (error) {
            return [error.message, ""];
        }
    });
}"""
