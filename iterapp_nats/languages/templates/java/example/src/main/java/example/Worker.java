package example;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.nats.client.Connection;
import io.nats.client.Dispatcher;
import io.nats.client.Message;

/** Does jobs that arrive over NATS, and prints what is said on the board. */
public final class Worker {
  private final Connection connection;
  private final String name = System.getenv().getOrDefault("HOSTNAME", "local");

  private Worker(Connection connection) {
    this.connection = connection;
  }

  public static void main(String[] args) throws InterruptedException {
    new Worker(NatsConnector.connect("worker")).start();
    Thread.currentThread().join(); // until SIGTERM
  }

  private void start() {
    Dispatcher jobs = connection.createDispatcher(this::doJob);
    jobs.subscribe("board.job", "workers");
    Dispatcher board = connection.createDispatcher(this::print);
    board.subscribe("board.message");
  }

  /** Does a job and answers; the answer is the acknowledgement. */
  private void doJob(Message message) {
    try {
      Thread.sleep(20); // here the work is done
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      return;
    }
    String job = new String(message.getData(), UTF_8);
    String result = job.toUpperCase() + " (by " + name + ")";
    connection.publish(message.getReplyTo(), result.getBytes(UTF_8));
  }

  private void print(Message message) {
    System.out.println(new String(message.getData(), UTF_8));
  }
}
