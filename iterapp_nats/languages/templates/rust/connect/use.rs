mod natsconn;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let Some(nats) = natsconn::connect("orders").await else { return Ok(()) };
    nats.handle("orders.new", Some("workers"), async |message| println!("{}", message.subject))
        .await?;
    nats.wait().await // until SIGTERM
}
