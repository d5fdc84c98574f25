-- A page of docs/ for HTML: links lead to pages and files beside it, commands stand out, wide tables scroll.
-- The variable `page` is the page's path from the source's top.

local tops = { ["README.md"] = "project.html", ["CHANGELOG.md"] = "changes.html", ["CONTRIBUTING.md"] = "contributing.html" }
local page

-- "docs/lecture" and "../build.md" are "docs/build.md".
local function join(folder, path)
    local parts = {}
    for part in (folder .. "/" .. path):gmatch("[^/]+") do
        if part == ".." then
            table.remove(parts)
        elseif part ~= "." then
            table.insert(parts, part)
        end
    end
    return table.concat(parts, "/")
end

-- Where a file of the source is among the pages, from their top; nil if it is not there.
local function place(path)
    if tops[path] then return tops[path] end
    local below = path:match("^docs/(.*)$")
    if not below then return nil end
    return (below:gsub("README%.md$", "index.html"):gsub("%.md$", ".html"))
end

local function Link(link)
    if link.target:match("^%a+:") or link.target:match("^#") then return nil end
    local path, fragment = link.target:match("^([^#]*)(.*)$")
    local there = place(join(page:match("^(.*)/") or "", path))
    -- The source's own files are not installed: their name is left.
    if not there then return link.content end
    local up = (place(page):gsub("[^/]*$", ""):gsub("[^/]+/", "../"))
    link.target = up .. there .. fragment
    return link
end

local function escape(text)
    return (text:gsub("&", "&amp;"):gsub("<", "&lt;"):gsub(">", "&gt;"))
end

-- In a block of a terminal, what is typed is bold.
local function CodeBlock(block)
    if not block.classes:includes("console") then return nil end
    local lines = {}
    for line in (block.text .. "\n"):gmatch("(.-)\n") do
        local text = escape(line)
        table.insert(lines, line:match("^%$ ") and "<b>" .. text .. "</b>" or text)
    end
    return pandoc.RawBlock("html", '<pre class="console" tabindex="0"><code>' .. table.concat(lines, "\n") .. "</code></pre>")
end

local function Table(block)
    return pandoc.Div({ block }, { class = "wide", tabindex = "0" })
end

-- Comments say which command makes a table; a test reads them.
local function RawBlock(block)
    if block.text:match("^<!%-%-") then return {} end
end

local function Pandoc(document)
    local title
    document:walk({ Header = function(header)
        if header.level == 1 and not title then title = pandoc.utils.stringify(header) end
    end })
    document.meta.pagetitle = title or page
    return document
end

return {
    { Meta = function(meta) page = pandoc.utils.stringify(meta.page) end },
    { Link = Link, CodeBlock = CodeBlock, Table = Table, RawBlock = RawBlock },
    { Pandoc = Pandoc },
}
