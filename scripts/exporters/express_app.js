// Express under express-prom-bundle (prom-client): express_app.js PORT
const express = require("express");
const bundle = require("express-prom-bundle");
const client = require("prom-client");
client.collectDefaultMetrics();
const app = express();
app.use(bundle({ includeMethod: true, includePath: true }));
app.get("/", (_, answer) => answer.send("well"));
app.get("/bad", (_, answer) => answer.status(500).send("bad"));
app.listen(Number(process.argv[2]), "127.0.0.1");
