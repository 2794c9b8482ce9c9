// Fastify under fastify-metrics (prom-client): fastify_app.js PORT
const app = require("fastify")();
const metrics = require("fastify-metrics");
app.register(metrics.default ?? metrics, { endpoint: "/metrics" });
app.get("/", async () => "well");
app.get("/bad", async (_, answer) => answer.code(500).send("bad"));
app.listen({ port: Number(process.argv[2]), host: "127.0.0.1" });
