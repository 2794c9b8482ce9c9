use journal::Writer;
use mcp_server::World;

fn writer(world: &World) -> Writer {
    world.reader.writer()
}

fn main() {}
