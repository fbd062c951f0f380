package example

fun main() {
    val connection = connectToNats("orders")
    connection
        .createDispatcher { message -> println(String(message.data)) }
        .subscribe("orders.new", "workers")
    Thread.currentThread().join() // until SIGTERM
}
