// SPDX-License-Identifier: MIT
// A front end of an academy on another origin: courses, one course, search, and, after signing in, one's own courses.
// Everything comes from the API. Texts are put in as text, never as HTML.

const {academy: home, client} = await (await fetch("config.json")).json()
const academy = new URL(home).origin
const API = `${academy}/api/v1`
const HERE = location.origin + location.pathname
const SCOPES = "core:me:read courses:courses:read courses:enrolments:read"
const main = document.querySelector("#main")

// ---- Asking the API -------------------------------------------------------------------------------------------------

class Refused extends Error {
    constructor(status, problem) {
        super(problem?.detail ?? "The academy gave no answer that this page understands.")
        this.status = status
    }
}

async function ask(address, {as = null} = {}) {
    const headers = as ? {Authorization: `Bearer ${as}`} : {}
    const answer = await fetch(new URL(address, `${API}/`), {headers})
    const body = await answer.json().catch(() => null)
    if (!answer.ok) throw new Refused(answer.status, body)
    return body
}

const query = parameters => new URLSearchParams(parameters).toString()

// ---- Signing in: authorization code with PKCE (RFC 6749, RFC 7636) --------------------------------------------------

let access = null // for a quarter of an hour, in memory alone

const base64 = bytes => btoa(String.fromCharCode(...bytes)).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "")
const random = () => base64(crypto.getRandomValues(new Uint8Array(32)))

async function signIn() {
    const verifier = random(), state = random()
    sessionStorage.setItem("asked", JSON.stringify({verifier, state, back: location.hash}))
    const challenge = base64(new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(verifier))))
    location.assign(`${academy}/oauth/authorize?${query({
        response_type: "code", client_id: client, redirect_uri: HERE, scope: SCOPES, state, code_challenge: challenge, code_challenge_method: "S256",
    })}`)
}

async function comeBack() {
    const told = new URLSearchParams(location.search), asked = JSON.parse(sessionStorage.getItem("asked") ?? "null")
    if (!told.has("state")) return
    sessionStorage.removeItem("asked")
    history.replaceState(null, "", HERE + (asked?.back ?? "")) // the code stays in no history
    if (!asked || told.get("state") !== asked.state || told.get("iss") !== academy) return
    if (told.has("code")) await exchange({grant_type: "authorization_code", code: told.get("code"), redirect_uri: HERE, code_verifier: asked.verifier})
    else say("You are not signed in: you did not allow it.")
}

async function exchange(parameters) {
    const answer = await fetch(`${academy}/oauth/token`, {method: "POST", body: new URLSearchParams({client_id: client, ...parameters})})
    const tokens = answer.ok ? await answer.json() : {}
    access = tokens.access_token ?? null
    if (tokens.refresh_token) sessionStorage.setItem("refresh", tokens.refresh_token)
    else sessionStorage.removeItem("refresh")
    return access !== null
}

async function renew() {
    const refresh = sessionStorage.getItem("refresh")
    return refresh !== null && exchange({grant_type: "refresh_token", refresh_token: refresh})
}

async function askAsMe(address) {
    try {
        return await ask(address, {as: access})
    } catch (error) {
        if (error.status !== 401 || !await renew()) throw error
        return ask(address, {as: access})
    }
}

async function signOut() {
    await fetch(`${academy}/oauth/revoke`, {method: "POST", body: new URLSearchParams({token: sessionStorage.getItem("refresh") ?? access})})
    access = null
    sessionStorage.removeItem("refresh")
    location.hash = "#/"
    await who()
    say("You are signed out.")
}

// ---- Making elements ------------------------------------------------------------------------------------------------

function h(tag, attributes = {}, ...children) {
    const made = document.createElement(tag)
    for (const [name, value] of Object.entries(attributes)) {
        if (typeof value === "function") made.addEventListener(name, value)
        else if (value !== null && value !== false) made.setAttribute(name, value === true ? "" : value)
    }
    made.append(...children.flat().filter(one => one !== null))
    return made
}

const here = address => new URL(address, academy).href
const srcset = text => text.split(", ").map(one => here(one.split(" ")[0]) + " " + one.split(" ")[1]).join(", ")

function picture(one, sizes) {
    const card = one.renditions.card
    const image = h("img", {src: here(card?.src ?? one.url), width: card?.width ?? one.width, height: card?.height ?? one.height, alt: "", loading: "lazy", decoding: "async"})
    const sources = Object.entries(card?.srcset ?? {}).map(([format, found]) => h("source", {type: `image/${format}`, srcset: srcset(found), sizes}))
    return h("picture", {}, sources, image)
}

const pieces = found => found.map(one => one.hit ? h("mark", {}, one.text) : one.text)
const many = (number, one, more) => `${number} ${number === 1 ? one : more}`
const minutes = all => [Math.floor(all / 60) ? `${Math.floor(all / 60)} h` : "", all % 60 ? `${all % 60} min` : ""].filter(Boolean).join(" ") || "0 min"
const day = time => new Intl.DateTimeFormat("en", {dateStyle: "long"}).format(new Date(time))
const levels = {beginner: "For beginners", intermediate: "For people with some practice", advanced: "For people who know it well"}

function say(words) {
    document.querySelector("#said").textContent = words
}

// ---- Pages ----------------------------------------------------------------------------------------------------------

const CARD = "id,slug,title,summary,field,level,lesson_count,minutes,picture"

function card(course) {
    return h("li", {class: "card"},
        picture(course.picture, "(min-width: 60rem) 22rem, (min-width: 40rem) 50vw, 100vw"),
        h("div", {class: "words"},
            h("p", {class: "field"}, course.field),
            h("h2", {}, h("a", {href: `#/courses/${course.slug}`}, course.title)),
            h("p", {}, course.summary),
            h("p", {class: "facts"}, `${many(course.lesson_count, "lesson", "lessons")} · ${minutes(course.minutes)}`)))
}

async function courses() {
    const list = h("ul", {class: "cards"}), more = h("button", {class: "quiet", hidden: true}, "Show more courses")
    let next = `courses?${query({fields: CARD, limit: 12})}`
    const load = async () => {
        const page = await ask(next)
        const made = page.data.map(card)
        list.append(...made)
        next = page.page.next
        more.hidden = next === null
        return made
    }
    more.addEventListener("click", () => guarded(async () => (await load())[0]?.querySelector("a").focus()))
    await load()
    const {name} = await ask("academy")
    return {title: `Courses at ${name}`, content: [
        h("div", {class: "hero"}, h("h1", {tabindex: -1}, `Learn at ${name}`), h("p", {class: "lead"}, "Choose a course. Lessons marked as free can be read by everybody.")),
        list.children.length ? list : h("p", {}, "There are no courses yet."), more]}
}

function lesson(course, one) {
    const title = one.preview ? h("a", {href: `${academy}/courses/${course.slug}/${one.slug}`}, one.title) : one.title
    return h("li", {}, h("span", {}, title, one.preview ? h("span", {class: "free"}, "free") : null), h("span", {class: "facts"}, minutes(one.minutes)))
}

async function course(slug) {
    const fields = `${CARD},lead,outcomes`
    const found = (await ask(`courses?${query({"filter[slug]": slug, fields, include: "sections,lessons"})}`)).data[0]
    if (!found) return missing()
    const parts = found.sections.map(section => [section, found.lessons.filter(one => one.section_id === section.id)]).filter(([, inside]) => inside.length)
    return {title: found.title, content: [
        h("article", {class: "course"},
            h("header", {class: "opening"},
                h("div", {},
                    h("p", {class: "field"}, found.field), h("h1", {tabindex: -1}, found.title), h("p", {class: "lead"}, found.lead || found.summary),
                    h("p", {class: "facts"}, `${levels[found.level] ?? found.level} · ${many(found.lesson_count, "lesson", "lessons")} · ${minutes(found.minutes)}`),
                    h("p", {}, h("a", {class: "button", href: `${academy}/courses/${found.slug}`}, "Open it in the academy"))),
                picture(found.picture, "(min-width: 60rem) 30rem, 100vw")),
            found.outcomes.length ? h("section", {}, h("h2", {}, "What you will be able to do"), h("ul", {class: "outcomes"}, found.outcomes.map(one => h("li", {}, one)))) : null,
            h("section", {}, h("h2", {}, "What is in it"),
                h("ol", {class: "outline"}, parts.map(([section, inside]) =>
                    h("li", {}, h("h3", {}, section.title), h("ol", {class: "lessons"}, inside.map(one => lesson(found, one))))))))]}
}

async function search(q) {
    document.querySelector("#q").value = q
    const found = q.trim() ? (await ask(`search?${query({q})}`)).data : []
    const slugs = new Map()
    const ids = found.filter(one => one.kind === "courses").map(one => one.id)
    if (ids.length) for (const one of (await ask(`courses?${query({"filter[id][in]": ids.join(","), fields: "id,slug"})}`)).data) slugs.set(one.id, one.slug)
    const hits = found.map(one => h("li", {},
        h("p", {class: "field"}, one.label, one.detail ? ` · ${one.detail}` : ""),
        h("h2", {}, h("a", {href: slugs.has(one.id) ? `#/courses/${slugs.get(one.id)}` : here(one.url)}, pieces(one.title_pieces))),
        h("p", {}, pieces(one.snippet))))
    const told = q.trim() ? (hits.length ? `${many(hits.length, "hit", "hits")} for “${q}”` : `Nothing found for “${q}”`) : "Type a word above to search"
    return {title: "Search", content: [h("h1", {tabindex: -1}, told), hits.length ? h("ol", {class: "hits"}, hits) : h("p", {}, "Try fewer words, or another spelling.")]}
}

async function mine() {
    if (access === null) return {title: "My courses", content: [h("h1", {tabindex: -1}, "My courses"), h("p", {}, "Sign in to see them."), h("p", {}, h("button", {click: signIn}, "Sign in"))]}
    const me = await askAsMe("me")
    const all = []
    for (let next = `enrolments?${query({include: "course", limit: 100, "filter[learner_id]": me.id})}`; next !== null;) {
        const page = await askAsMe(next)
        all.push(...page.data.filter(one => one.left_at === null && one.course !== null))
        next = page.page.next
    }
    const rows = all.map(one => h("li", {class: "mine"},
        picture(one.course.picture, "12rem"),
        h("div", {class: "words"},
            h("h2", {}, h("a", {href: `${academy}/learn/${one.course.slug}/`}, one.course.title)),
            h("progress", {value: one.progress.done, max: Math.max(one.progress.lessons, 1), "aria-label": `How far you are in ${one.course.title}`}),
            h("p", {class: "facts"}, one.completed_at ? `Completed on ${day(one.completed_at)}` : `${one.progress.done} of ${many(one.progress.lessons, "lesson", "lessons")} done`))))
    return {title: "My courses", content: [h("h1", {tabindex: -1}, "My courses"), rows.length ? h("ul", {class: "mines"}, rows) : h("p", {}, "You are in no course yet. ", h("a", {href: "#/"}, "Choose one"), ".")]}
}

function missing() {
    return {title: "Not here", content: [h("h1", {tabindex: -1}, "This is not here"), h("p", {}, "The address may have a typing error, or the course is offered no longer. ", h("a", {href: "#/"}, "All courses"))]}
}

function broken(error) {
    const unreachable = !(error instanceof Refused)
    return {title: "Something went wrong", content: [h("div", {role: "alert", class: "alert"},
        h("h1", {tabindex: -1}, unreachable ? "The academy does not answer this page" : "Something went wrong"),
        h("p", {}, unreachable ? "It may be out of reach, or its owner has not registered the address of this page." : error.message),
        h("p", {}, h("button", {click: () => location.reload()}, "Try again")))]}
}

// ---- Showing them ---------------------------------------------------------------------------------------------------

async function who() {
    document.querySelector("#to-mine").hidden = access === null
    const place = document.querySelector("#who")
    if (!client) return place.replaceChildren()
    if (access === null) return place.replaceChildren(h("button", {click: signIn}, "Sign in"))
    const me = await askAsMe("me")
    place.replaceChildren(h("span", {}, me.name), h("button", {class: "quiet", click: () => guarded(signOut)}, "Sign out"))
}

async function guarded(work) {
    try {
        await work()
    } catch (error) {
        put(broken(error))
    }
}

function put({title, content}) {
    document.title = title
    main.replaceChildren(...content.filter(one => one !== null))
    say(title)
}

let turn = 0

async function show(first = false) {
    const mine_ = ++turn, [, page = "", rest = ""] = location.hash.match(/^#\/([a-z]*)(?:[/?](.*))?$/) ?? []
    const pages = {"": courses, courses: () => course(decodeURIComponent(rest)), search: () => search(new URLSearchParams(rest).get("q") ?? ""), mine}
    const made = await (pages[page] ?? missing)().catch(broken)
    if (mine_ !== turn) return // somebody has gone on meanwhile
    put(made)
    if (page !== "search") document.querySelector("#q").value = ""
    for (const link of document.querySelectorAll("[data-route]")) {
        if (link.dataset.route === (page || "courses")) link.setAttribute("aria-current", "page")
        else link.removeAttribute("aria-current")
    }
    if (first !== true) {
        scrollTo(0, 0)
        main.querySelector("h1")?.focus()
    }
}

document.querySelector("#find").addEventListener("submit", event => {
    event.preventDefault()
    location.hash = `#/search?${query({q: document.querySelector("#q").value})}`
})
document.querySelector(".skip").addEventListener("click", event => {
    event.preventDefault() // the part of the address after "#" says which page this is
    main.focus()
})
addEventListener("hashchange", show)

await guarded(async () => {
    await comeBack()
    if (access === null) await renew()
    const {name, brand_colour} = await ask("academy")
    document.documentElement.style.setProperty("--brand", brand_colour)
    document.querySelector("#name").textContent = name
    document.querySelector("#legal").replaceChildren(h("a", {href: `${academy}/privacy`}, "Privacy policy"), h("a", {href: `${academy}/privacy/choices`}, "Your choices"))
    await who()
    await show(true)
})
