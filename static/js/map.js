// The live map: takes over from the server's drawing, asks for the clusters of each view, opens what is clicked.
// folium's own script, loaded after this one, hands over its map and its district layer.
(() => {
  const CITY = [[30.665, 120.84], [31.885, 122.06]];
  const FINE_FROM = 12; // from this zoom the finer outlines are worth their bytes
  const SMALL = 9.2; // below this zoom one bubble stands for a district
  const PHONE = matchMedia("(max-width: 840px)");
  const el = (id) => document.getElementById(id);
  const span = (name, text) => {
    const made = document.createElement("span");
    if (name) made.className = name;
    made.textContent = text;
    return made;
  };
  let state = {}, map, districts, chosen, marks, signs, asked, wait, fine = false;

  const read = () => { state = JSON.parse(el("mapstate").textContent); };

  // What the sheet and the legend cover on the phone is not part of the visible map.
  const margins = () => PHONE.matches
    ? { paddingTopLeft: [4, 52], paddingBottomRight: [4, 268 + el("legend").offsetHeight - 22] }
    : { paddingTopLeft: [6, 6], paddingBottomRight: [6, 6] };
  const showCity = (options) => map.fitBounds(CITY, { ...margins(), ...options });

  const start = (made, layer) => {
    map = made;
    districts = layer;
    read();
    const [zoom, lat, lon] = state.at.split("/").map(Number);
    if (state.at) map.setView([lat, lon], zoom, { animate: false });
    else showCity({ animate: false });
    signs = L.layerGroup();
    marks = L.layerGroup().addTo(map);
    chosen = L.layerGroup().addTo(map);
    paint();
    parks();
    showSigns();
    ask();
    map.on("moveend", () => { remember(); showSigns(); clearTimeout(wait); wait = setTimeout(ask, 40); });
    el("map").classList.add("live");
    if (!PHONE.matches) el("zoom").hidden = false;
  };

  // Colours, names and the outline of what is chosen; the classes come from the server with every filter.
  const paint = () => {
    chosen.clearLayers();
    districts.eachLayer((one) => {
      const name = one.feature.properties.name;
      const shape = one.getElement();
      shape.setAttribute("class", `d leaflet-interactive${state.classes[name] ? ` c${state.classes[name]}` : ""}`);
      let title = shape.querySelector("title");
      if (!title) {
        title = document.createElementNS("http://www.w3.org/2000/svg", "title");
        shape.append(title);
        one.on("click", () => open(`district:${name}`));
      }
      title.textContent = state.titles[name];
      if (state.chosen.includes(name)) {
        L.geoJSON(one.feature, { className: "chosen", interactive: false }).addTo(chosen);
      }
    });
  };

  // Signs of parks stand under the bubbles; on a map as small as a phone's they would only hide districts.
  const parks = () => state.parks.forEach((park) => {
    const sign = document.createElement("span");
    sign.className = "park-pin";
    const icon = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    icon.setAttribute("class", "i");
    const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
    use.setAttribute("href", `${document.querySelector(".find use").getAttribute("href").split("#")[0]}#park`);
    icon.append(use);
    sign.append(icon);
    L.marker([park.lat, park.lon], {
      icon: L.divIcon({ html: sign, className: "", iconSize: [20, 20] }), title: park.name, alt: park.name, keyboard: false, zIndexOffset: -5000,
    }).on("click", () => open(`park:${park.id}`)).addTo(signs);
  });
  const showSigns = () => (map.getZoom() < SMALL ? signs.remove() : signs.addTo(map));

  const ask = async () => {
    if (asked) asked.abort();
    asked = new AbortController();
    const box = map.getBounds().pad(0.15);
    const zoom = map.getZoom();
    const numbers = [box.getWest(), box.getSouth(), box.getEast(), box.getNorth()].map((n) => n.toFixed(4));
    const query = `box=${numbers}&zoom=${zoom.toFixed(3)}${state.query ? `&${state.query}` : ""}`;
    try {
      const answer = await fetch(`/map/view?${query}`, { signal: asked.signal, headers: { Accept: "application/json" } });
      if (answer.ok) draw(await answer.json());
    } catch (error) {
      if (error.name !== "AbortError") throw error;
    }
    if (zoom >= FINE_FROM && !fine) refine();
  };

  const draw = (view) => {
    marks.clearLayers();
    view.labels.forEach(([name, text, lon, lat]) => {
      const deep = state.classes[name] >= 4 ? " deep" : "";
      L.marker([lat, lon], {
        icon: L.divIcon({ html: span("", text), className: `place-name${deep}`, iconSize: [text.length * 14, 18] }),
        interactive: false, keyboard: false,
      }).addTo(marks);
    });
    view.bubbles.forEach(([lon, lat, count, radius, card]) => {
      const own = card && card === state.card ? " own" : "";
      const size = radius * 2;
      const words = count.toLocaleString("zh-CN");
      L.marker([lat, lon], {
        icon: L.divIcon({ html: span("", words), className: `pin${own}`, iconSize: [size, size] }),
        keyboard: false, title: `${words} 家机构`, alt: `${words} 家机构`,
      }).on("click", () => press(lon, lat, card)).addTo(marks);
    });
    window.dispatchEvent(new CustomEvent("caitu:drawn"));
  };

  // A bubble of several opens by going nearer; where the map can go no nearer, its firms are listed.
  const press = (lon, lat, card) => {
    if (card) open(card);
    else if (map.getZoom() < map.getMaxZoom()) map.flyTo([lat, lon], Math.min(map.getZoom() + 2, map.getMaxZoom()), { duration: 0.35 });
    else open(`cluster:${[lon - 2e-4, lat - 2e-4, lon + 2e-4, lat + 2e-4].map((n) => n.toFixed(5))}`);
  };

  const refine = async () => {
    fine = true;
    const answer = await fetch(state.fine);
    if (!answer.ok) { fine = false; return; }
    districts.clearLayers();
    districts.addData(await answer.json());
    paint();
  };

  const open = (card) => {
    const address = new URL(location.href);
    address.searchParams.set("card", card);
    htmx.ajax("GET", address.pathname + address.search, { source: el("side"), target: "#filters", select: "#filters", swap: "outerHTML" })
      .then(() => history.pushState(history.state, "", address.pathname + address.search));
  };

  // The place looked at stays in the address, so that a copied link shows the same view.
  const remember = () => {
    const middle = map.getCenter();
    const at = `${map.getZoom().toFixed(2)}/${middle.lat.toFixed(4)}/${middle.lng.toFixed(4)}`;
    const address = new URL(location.href);
    address.searchParams.set("at", at);
    history.replaceState(history.state, "", address.pathname + address.search.replaceAll("%2F", "/").replaceAll("%3A", ":"));
    state.at = at;
  };

  document.addEventListener("click", (e) => {
    const button = e.target.closest("[data-zoom]");
    if (!button || !map) return;
    if (button.dataset.zoom === "0") showCity();
    else map.setZoom(Math.round(map.getZoom()) + Number(button.dataset.zoom));
  });
  document.addEventListener("htmx:configRequest", (e) => {
    if (map && state.at) e.detail.parameters.at = state.at;
  });
  document.addEventListener("htmx:afterSettle", () => {
    if (!map) return;
    const at = state.at;
    read();
    state.at = at;
    paint();
    ask();
  });

  window.caituMap = { start };
})();
