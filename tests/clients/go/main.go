// login URL CREDS CA: log in, send a message to ourselves, print it
package main

import (
	"fmt"
	"log"
	"os"
	"time"

	"github.com/nats-io/nats.go"
)

func main() {
	url, creds, ca := os.Args[1], os.Args[2], os.Args[3]
	connection, err := nats.Connect(url, nats.UserCredentials(creds), nats.RootCAs(ca), nats.Timeout(10*time.Second))
	if err != nil {
		log.Fatal(err)
	}
	defer connection.Close()
	subscription, err := connection.SubscribeSync("orders.new")
	if err != nil {
		log.Fatal(err)
	}
	if err := connection.Publish("orders.new", []byte("hello")); err != nil {
		log.Fatal(err)
	}
	message, err := subscription.NextMsg(10 * time.Second)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(string(message.Data))
}
