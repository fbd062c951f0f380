package example

import io.nats.client.Connection
import io.nats.client.Message

/** Does jobs that arrive over NATS, and prints what is said on the board. */
fun main() {
    val connection = connectToNats("worker")
    val name = System.getenv("HOSTNAME") ?: "local"
    connection.createDispatcher { doJob(connection, name, it) }.subscribe("board.job", "workers")
    connection.createDispatcher { println(String(it.data)) }.subscribe("board.message")
    Thread.currentThread().join() // until SIGTERM
}

/** Does a job and answers; the answer is the acknowledgement. */
private fun doJob(
    connection: Connection,
    name: String,
    message: Message,
) {
    Thread.sleep(20) // here the work is done
    val result = "${String(message.data).uppercase()} (by $name)"
    connection.publish(message.replyTo, result.toByteArray())
}
