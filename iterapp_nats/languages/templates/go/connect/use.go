package main

import (
	"context"
	"log"
	"os/signal"
	"syscall"

	"github.com/nats-io/nats.go"

	"example.com/orders/natsconn"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	conn, err := natsconn.Connect(ctx, "orders")
	if err != nil {
		return // SIGTERM came first
	}
	_, err = conn.QueueSubscribe("orders.new", "workers", func(msg *nats.Msg) {
		log.Printf("%s %s", msg.Subject, msg.Data)
	})
	if err != nil {
		log.Fatal(err)
	}
	if err := conn.Wait(ctx); err != nil {
		log.Fatal(err)
	}
}
