// Package natsconn connects to NATS on Iterapp: the same code with a plain local server and in
// production.
//
// It reads NATS_URL, NATS_CREDENTIALS (content) or else NATS_CREDENTIALS_FILE, and NATS_CA_FILE;
// an empty variable counts as unset.
package natsconn

import (
	"cmp"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nkeys"
)

const (
	retryWait    = 2 * time.Second
	retryJitter  = time.Second
	drainTimeout = 20 * time.Second
)

// Connection is a client that knows how it came to its end.
type Connection struct {
	*nats.Conn
	closed chan struct{}
}

// Connect tries until a server takes us, or until ctx is done. Options such as
// nats.ReconnectHandler, the place to ask for what was missed meanwhile, come last and win; a
// nats.ClosedHandler is called before Wait returns.
func Connect(ctx context.Context, app string, options ...nats.Option) (*Connection, error) {
	closed := make(chan struct{})
	options = slices.Concat(settings(app), options, []nats.Option{closeWithConnection(closed)})
	for {
		conn, err := nats.Connect(setting("NATS_URL", "127.0.0.1"), options...)
		if err == nil {
			slog.Info("connected to NATS", "server", conn.ConnectedAddr())
			return &Connection{conn, closed}, nil
		}
		slog.Warn("cannot connect to NATS, trying again", "reason", err)
		select {
		case <-time.After(retryWait):
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// Wait returns nil when ctx is done and all that has arrived has been handled. It returns an error
// when the connection is closed for good: end the process, so that the platform starts it again.
func (c *Connection) Wait(ctx context.Context) error {
	select {
	case <-c.closed:
		return fmt.Errorf("the NATS connection was closed for good: %w", c.reason())
	case <-ctx.Done():
	}
	if err := c.Drain(); err != nil {
		c.Close() // the server is away: there is nothing to wait for
	}
	select {
	case <-c.closed: // Drain returns at once, the handlers have ended now
		return nil
	case <-time.After(drainTimeout + time.Second):
		return errors.New("drained too slowly")
	}
}

// closeWithConnection closes the channel that Wait needs after the caller's own ClosedHandler.
func closeWithConnection(closed chan<- struct{}) nats.Option {
	return func(options *nats.Options) error {
		handle := options.ClosedCB
		options.ClosedCB = func(conn *nats.Conn) {
			if handle != nil {
				handle(conn)
			}
			close(closed)
		}
		return nil
	}
}

func (c *Connection) reason() error {
	return cmp.Or(c.LastError(), nats.ErrConnectionClosed)
}

func settings(app string) []nats.Option {
	options := []nats.Option{
		nats.Name(app + "@" + setting("HOSTNAME", "local")),
		nats.MaxReconnects(-1),
		nats.ReconnectWait(retryWait),
		nats.ReconnectJitter(retryJitter, retryJitter),
		// Without this the client closes for good when a login is refused twice in a row.
		nats.IgnoreAuthErrorAbort(),
		nats.PingInterval(20 * time.Second),
		nats.DrainTimeout(drainTimeout),
		nats.DisconnectErrHandler(func(_ *nats.Conn, err error) {
			slog.Warn("disconnected from NATS", "reason", err)
		}),
		nats.ReconnectErrHandler(func(_ *nats.Conn, err error) {
			slog.Warn("cannot reconnect to NATS, trying again", "reason", err)
		}),
		nats.ReconnectHandler(func(*nats.Conn) {
			slog.Warn("reconnected to NATS; what was published meanwhile was missed")
		}),
		nats.ErrorHandler(func(_ *nats.Conn, _ *nats.Subscription, err error) {
			slog.Warn("NATS", "error", err)
		}),
	}
	if caFile := setting("NATS_CA_FILE", ""); caFile != "" {
		options = append(options, nats.RootCAs(caFile)) // a server without TLS is an error now
	}
	if setting("NATS_CREDENTIALS", "") != "" || setting("NATS_CREDENTIALS_FILE", "") != "" {
		options = append(options, nats.UserJWT(userJWT, sign))
	}
	return options
}

// userJWT is called for each login, because the platform may have renewed the credentials.
func userJWT() (string, error) {
	credentials, err := readCredentials()
	if err != nil {
		return "", err
	}
	jwt, err := nkeys.ParseDecoratedJWT(credentials)
	if err != nil {
		return "", err
	}
	return jwt, checkExpiry(jwt)
}

func sign(nonce []byte) ([]byte, error) {
	credentials, err := readCredentials()
	if err != nil {
		return nil, err
	}
	key, err := nkeys.ParseDecoratedUserNKey(credentials)
	if err != nil {
		return nil, err
	}
	defer key.Wipe()
	return key.Sign(nonce)
}

func readCredentials() ([]byte, error) {
	if content := setting("NATS_CREDENTIALS", ""); content != "" {
		return []byte(content), nil
	}
	return os.ReadFile(setting("NATS_CREDENTIALS_FILE", ""))
}

func checkExpiry(jwt string) error {
	parts := strings.Split(jwt, ".")
	if len(parts) != 3 {
		return errors.New("the credentials have no JWT")
	}
	body, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		return err
	}
	var claims struct {
		Expires int64 `json:"exp"`
	}
	if err := json.Unmarshal(body, &claims); err != nil {
		return err
	}
	if expires := time.Unix(claims.Expires, 0); claims.Expires > 0 && expires.Before(time.Now()) {
		return fmt.Errorf("the credentials expired at %s", expires.UTC().Format(time.RFC3339))
	}
	return nil
}

func setting(name, fallback string) string {
	return cmp.Or(strings.TrimSpace(os.Getenv(name)), fallback)
}
