document.body.dataset.own = "";
