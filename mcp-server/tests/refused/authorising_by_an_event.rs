use guard::action::Basis;
use guard::event::Event;
use guard::ids::ActionId;
use mcp_server::World;

async fn authorise(world: &World, action: ActionId) {
    let event = Event::ActionAuthorised {
        action,
        basis: Basis::Policy,
    };
    let event = journal::codec::encode(&event).unwrap();
    let stream = journal::StreamId::deployment("dep_1").unwrap();
    let transaction = journal::Transaction::at(world.clock.now()).append(&stream, 1, vec![event]);
    world.inbox.as_ref().unwrap().append(transaction).await.unwrap();
}

fn main() {}
