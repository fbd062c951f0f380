package example;

import io.nats.client.Connection;

final class Use {
  public static void main(String[] args) throws InterruptedException {
    Connection connection = NatsConnector.connect("orders");
    connection
        .createDispatcher(message -> System.out.println(new String(message.getData())))
        .subscribe("orders.new", "workers");
    Thread.currentThread().join(); // until SIGTERM
  }
}
