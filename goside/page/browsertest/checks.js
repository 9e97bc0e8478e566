// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

// What browsertest does in the page. The checks return a list of violations, one sentence each.
window.browsertest = (() => {
    "use strict";

    const most = 20; // violations that are told one by one

    function shortened(list) {
        if (list.length <= most) return list;
        return [...list.slice(0, most), `and ${list.length - most} more`];
    }

    function describe(element) {
        let name = element.localName;
        if (element.id) name += "#" + element.id;
        for (const one of [...element.classList].slice(0, 2)) name += "." + one;
        const text = element.textContent.trim().replace(/\s+/g, " ");
        const label = element.getAttribute("aria-label") || (text.length > 40 ? text.slice(0, 40) + "…" : text);
        return label ? `<${name}> "${label}"` : `<${name}>`;
    }

    const visible = (element) => element.checkVisibility({ opacityProperty: true, visibilityProperty: true });

    // clips returns a function: the rectangle that an element's content is visible in, as its ancestors cut it off.
    function clips() {
        const known = new Map();
        const everything = { left: -Infinity, top: -Infinity, right: Infinity, bottom: Infinity };
        function holder(element, style) {
            if (style.position === "fixed") return null;
            let above = element.parentElement;
            if (style.position === "absolute")
                while (above && getComputedStyle(above).position === "static") above = above.parentElement;
            return above;
        }
        return function clip(element) {
            if (!element || element === document.body || element === document.documentElement) return everything;
            let found = known.get(element);
            if (found) return found;
            const style = getComputedStyle(element);
            found = clip(holder(element, style));
            if (style.overflowX !== "visible" || style.overflowY !== "visible") {
                const own = element.getBoundingClientRect();
                found = intersection(found, {
                    left: style.overflowX === "visible" ? -Infinity : own.left,
                    right: style.overflowX === "visible" ? Infinity : own.right,
                    top: style.overflowY === "visible" ? -Infinity : own.top,
                    bottom: style.overflowY === "visible" ? Infinity : own.bottom,
                });
            }
            known.set(element, found);
            return found;
        };
    }

    const intersection = (a, b) => ({
        left: Math.max(a.left, b.left),
        top: Math.max(a.top, b.top),
        right: Math.min(a.right, b.right),
        bottom: Math.min(a.bottom, b.bottom),
    });

    // A line's rectangle has the font's ascent and descent, which may be more than the line's height. Letters keep to the em.
    function em(rectangle, element) {
        let size = parseFloat(getComputedStyle(element).fontSize);
        let upright = true;
        const matrix = element instanceof SVGElement && element.getScreenCTM && element.getScreenCTM();
        if (matrix) {
            size *= Math.sqrt(Math.abs(matrix.a * matrix.d - matrix.b * matrix.c));
            upright = Math.abs(matrix.b) < Math.abs(matrix.a);
        }
        const beyond = Math.max(0, ((upright ? rectangle.height : rectangle.width) - size) / 2);
        return {
            left: rectangle.left + (upright ? 0 : beyond),
            right: rectangle.right - (upright ? 0 : beyond),
            top: rectangle.top + (upright ? beyond : 0),
            bottom: rectangle.bottom - (upright ? beyond : 0),
        };
    }

    // overlappingText compares the rectangles of the lines of text.
    function overlappingText() {
        const slack = 2;
        const clip = clips();
        const range = document.createRange();
        const all = [];
        const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
        for (let node = walker.nextNode(); node; node = walker.nextNode()) {
            const element = node.parentElement;
            if (!/\S/.test(node.data) || element.closest("select, textarea, script, style") || !visible(element))
                continue;
            const within = clip(element);
            range.selectNodeContents(node);
            const picture = element instanceof SVGTextElement; // whose range does not know of textLength
            for (const rectangle of (picture ? element : range).getClientRects()) {
                const box = intersection(em(rectangle, element), within);
                if (box.right - box.left > slack && box.bottom - box.top > slack)
                    all.push({ element, text: node.data, ...box });
            }
        }
        all.sort((a, b) => a.top - b.top);
        const pairs = new Map();
        for (let i = 0; i < all.length; i++) {
            for (let k = i + 1; k < all.length && all[k].top < all[i].bottom - slack; k++) {
                const a = all[i];
                const b = all[k];
                if (a.element === b.element) continue;
                const wide = Math.min(a.right, b.right) - Math.max(a.left, b.left);
                const high = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
                if (wide <= slack || high <= slack) continue;
                const others = pairs.get(a.element) || new Map();
                pairs.set(a.element, others);
                if (!others.has(b.element))
                    others.set(
                        b.element,
                        `${describe(a.element)} and ${describe(b.element)} overlap by ${wide.toFixed(1)} × ${high.toFixed(1)} px`,
                    );
            }
        }
        return shortened([...pairs.values()].flatMap((others) => [...others.values()]));
    }

    const scrolls = (element) => /auto|scroll/.test(getComputedStyle(element).overflowX);

    // horizontalScroll holds the page to the width of its window, and asks of what scrolls sideways that a key can scroll it.
    function horizontalScroll(width) {
        const found = [];
        const page = document.scrollingElement;
        if (page.clientWidth !== width)
            found.push(
                `the page is laid out ${page.clientWidth} px wide in a window of ${width} px: want <meta name="viewport" content="width=device-width">`,
            );
        let widest = null;
        for (const element of document.body.querySelectorAll("*")) {
            if (!visible(element)) continue;
            if (scrolls(element) && element.scrollWidth > element.clientWidth && element.tabIndex < 0)
                found.push(`${describe(element)} scrolls sideways, want tabindex=0`);
            const right = element.getBoundingClientRect().right;
            if (right > page.clientWidth && (!widest || right > widest.right) && !within(element))
                widest = { element, right };
        }
        if (page.scrollWidth > page.clientWidth) {
            const where = widest ? `: ${describe(widest.element)} reaches ${widest.right.toFixed(1)} px` : "";
            found.push(`the page is ${page.scrollWidth} px wide in a window of ${page.clientWidth} px${where}`);
        }
        return shortened(found);
    }

    // within says whether an ancestor cuts the element off or scrolls it.
    function within(element) {
        for (let above = element.parentElement; above && above !== document.body; above = above.parentElement)
            if (getComputedStyle(above).overflowX !== "visible") return true;
        return false;
    }

    // withDetails does something while all details are open, and closes again those that were closed.
    async function withDetails(what) {
        const closed = [...document.querySelectorAll("details:not([open])")];
        for (const one of closed) one.open = true;
        try {
            return await what();
        } finally {
            for (const one of closed) one.open = false;
        }
    }

    // accessibility runs axe-core, which must have been loaded. Where it cannot decide on the contrast of a text, contrast does.
    function accessibility() {
        return withDetails(async () => {
            const results = await axe.run(document, {
                runOnly: { type: "tag", values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"] },
                resultTypes: ["violations", "incomplete"],
            });
            const tell = (rule, node) =>
                `${rule.id}: ${node.target.join(" ")}: ${node.failureSummary.replace(/\s+/g, " ")}`;
            const violations = results.violations.flatMap((rule) => rule.nodes.map((node) => tell(rule, node)));
            const unknown = [];
            const judge = contrast();
            for (const rule of results.incomplete) {
                for (const node of rule.nodes) {
                    const element = document.querySelector(node.target[0]);
                    if (rule.id !== "color-contrast" || (!element.closest("svg") && painted(element)))
                        unknown.push(tell(rule, node));
                    else if (!element.closest("svg")) violations.push(...judge(element));
                }
            }
            for (const element of document.querySelectorAll("svg text, svg tspan")) violations.push(...judge(element));
            return { violations: shortened(violations), unknown: shortened(unknown) };
        });
    }

    // painted says whether a picture is behind the element.
    function painted(element) {
        for (let one = element; one; one = one.parentElement)
            if (getComputedStyle(one).backgroundImage !== "none") return true;
        return false;
    }

    const hasText = (element) =>
        [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && /\S/.test(node.data));

    // contrast returns a function that holds an element's own text to WCAG's contrast with the backgrounds of the elements around it
    // and, in SVG, with the shapes that are drawn before it and behind its middle.
    function contrast() {
        const { Color, flattenColors, getContrast } = axe.commons.color;
        // colour returns a computed colour, as faint as the element and those around it are, up to another one.
        function colour(text, opacity, element, upTo) {
            const found = new Color();
            found.parseString(text);
            found.alpha *= opacity;
            for (let one = element; one !== upTo; one = one.parentElement) found.alpha *= getComputedStyle(one).opacity;
            return found;
        }
        const probe = document.body.appendChild(document.createElement("i"));
        probe.style.color = "Canvas";
        const canvas = colour(getComputedStyle(probe).color, 1);
        probe.remove();
        function around(element) {
            if (!element) return canvas;
            return flattenColors(colour(getComputedStyle(element).backgroundColor, 1), around(element.parentElement));
        }
        const known = new Map(); // the shapes of each picture
        function shapes(svg) {
            if (!known.has(svg))
                known.set(
                    svg,
                    [...svg.querySelectorAll("path, rect, circle, ellipse, polygon")].flatMap((shape) => {
                        const style = getComputedStyle(shape);
                        if (
                            style.fill === "none" ||
                            !visible(shape) ||
                            shape.closest("defs, clipPath, mask, pattern, marker, symbol")
                        )
                            return [];
                        const inverse = shape.getScreenCTM().inverse();
                        return {
                            shape,
                            inverse,
                            box: shape.getBoundingClientRect(),
                            fill: colour(style.fill, style.fillOpacity, shape, svg),
                        };
                    }),
                );
            return known.get(svg);
        }
        function outermost(element) {
            let found = null;
            for (let one = element.closest("svg"); one; one = one.parentElement.closest("svg")) found = one;
            return found;
        }
        return function judge(element) {
            if (!hasText(element) || !visible(element)) return [];
            const style = getComputedStyle(element);
            let size = parseFloat(style.fontSize);
            let background = around(element);
            let text = colour(style.color, 1);
            const svg = outermost(element);
            if (svg) {
                const matrix = element.getScreenCTM();
                size *= Math.sqrt(Math.abs(matrix.a * matrix.d - matrix.b * matrix.c));
                const box = element.getBoundingClientRect();
                const middle = new DOMPoint((box.left + box.right) / 2, (box.top + box.bottom) / 2);
                for (const { shape, inverse, box, fill } of shapes(svg))
                    if (
                        middle.x > box.left &&
                        middle.x < box.right &&
                        middle.y > box.top &&
                        middle.y < box.bottom &&
                        shape.compareDocumentPosition(element) & Node.DOCUMENT_POSITION_FOLLOWING &&
                        shape.isPointInFill(middle.matrixTransform(inverse))
                    )
                        background = flattenColors(fill, background);
                text = colour(style.fill, style.fillOpacity, element, svg);
            }
            const ratio = getContrast(background, flattenColors(text, background));
            const want = size >= 24 || (size >= 18.66 && style.fontWeight >= 700) ? 3 : 4.5;
            if (ratio >= want) return [];
            return [
                `color-contrast: ${describe(element)} has ${ratio.toFixed(2)} to 1 before ${background.toHexString()}, want ${want}`,
            ];
        };
    }

    const controls =
        "a[href], area[href], button, input:not([type=hidden]), select, textarea, details > summary:first-of-type, iframe, " +
        "[tabindex]:not([tabindex='-1']), [contenteditable], [onclick], " +
        ["button", "link", "checkbox", "radio", "switch", "tab", "slider", "option", "menuitem"]
            .map((role) => `[role=${role}]`)
            .join(", ");

    const indicator = (element) => {
        const style = getComputedStyle(element);
        const outlined = style.outlineStyle !== "none" && style.outlineWidth !== "0px";
        return `${outlined ? `${style.outlineStyle} ${style.outlineWidth} ${style.outlineColor}` : ""} ${style.boxShadow}`;
    };

    let visited = null; // what Tab came by

    // tabs notes the controls that are to be reached, and puts the focus before the first of them.
    function tabs() {
        document.activeElement?.blur();
        const expected = [...document.querySelectorAll(controls)].filter(
            (element) => !element.disabled && visible(element),
        );
        visited = {
            expected,
            before: new Map(expected.map((one) => [one, indicator(one)])),
            reached: new Map(),
            order: [],
        };
        document.body.tabIndex = -1;
        document.body.focus();
        document.body.removeAttribute("tabindex");
        return expected.length;
    }

    // tabbed notes where the focus is after Tab, and says whether it goes on.
    function tabbed() {
        const state = visited;
        const at = document.activeElement;
        if (!at || at === document.body || at === document.documentElement) return "end";
        if (at === state.order.at(-1)) return "trapped";
        if (state.reached.has(at)) return "again";
        state.order.push(at);
        state.reached.set(at, indicator(at));
        return "";
    }

    // tabOrder says what was wrong, given how the last Tab ended.
    function tabOrder(ended) {
        const { expected, before, reached, order } = visited;
        const found = [];
        if (ended === "trapped") found.push(`${describe(order.at(-1))} keeps the focus`);
        if (ended === "again" && order.indexOf(document.activeElement) > 0)
            found.push(`the focus goes round from ${describe(order.at(-1))} to ${describe(document.activeElement)}`);
        const group = (one) => one.type === "radio" && one.name;
        for (const one of expected) {
            if (one.tabIndex > 0) {
                found.push(`${describe(one)} has tabindex=${one.tabIndex} and so comes before all others, want 0`);
            } else if (reached.has(one)) {
                if (reached.get(one) === before.get(one))
                    found.push(`${describe(one)} does not show that it has the focus`);
            } else if (!(group(one) && expected.some((other) => group(other) === group(one) && reached.has(other)))) {
                found.push(`${describe(one)} is not reached by Tab`);
            }
        }
        for (let k = 1; k < order.length; k++)
            if (order[k - 1].compareDocumentPosition(order[k]) & Node.DOCUMENT_POSITION_PRECEDING)
                found.push(
                    `${describe(order[k])} comes after ${describe(order[k - 1])}, which follows it in the document`,
                );
        visited = null;
        return shortened(found);
    }

    // texts returns what is shown of each element that matches.
    const texts = (selector) =>
        [...document.querySelectorAll(selector)].filter(visible).map((one) => one.innerText ?? one.textContent);

    // choose does to a select what a reader's choice does.
    function choose(selector, value) {
        const select = document.querySelector(selector);
        select.value = value;
        if (select.value !== value) throw new Error(`${selector} has no option "${value}"`);
        for (const type of ["input", "change"]) select.dispatchEvent(new Event(type, { bubbles: true }));
        return true;
    }

    // middle scrolls to an element, and returns where the middle of it is in the window.
    function middle(selector) {
        const element = document.querySelector(selector);
        element.scrollIntoView({ block: "center", inline: "center", behavior: "instant" });
        const box = element.getBoundingClientRect();
        return [(box.left + box.right) / 2, (box.top + box.bottom) / 2];
    }

    return { overlappingText, horizontalScroll, accessibility, tabs, tabbed, tabOrder, texts, choose, middle };
})();
