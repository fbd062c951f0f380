package example;

import io.nats.client.AuthHandler;
import io.nats.client.Connection;
import io.nats.client.ConnectionListener;
import io.nats.client.Consumer;
import io.nats.client.ErrorListener;
import io.nats.client.NKey;
import io.nats.client.Nats;
import io.nats.client.Options;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * Connects to NATS on Iterapp: the same code with a plain local server and in production.
 *
 * <p>Reads NATS_URL, NATS_CREDENTIALS (content) or else NATS_CREDENTIALS_FILE, and NATS_CA_FILE; an
 * empty variable counts as unset.
 */
public final class NatsConnector {
  private static final System.Logger LOGGER = System.getLogger(NatsConnector.class.getName());
  private static final Duration RETRY = Duration.ofSeconds(2);
  private static final Duration DRAIN = Duration.ofSeconds(20);

  private static volatile boolean isStopping;

  private NatsConnector() {}

  /**
   * Tries until a server takes us.
   *
   * <p>SIGTERM drains: what has arrived is handled before the process ends. When the connection is
   * closed for good, the process ends with the reason, so that the platform starts it again.
   */
  public static Connection connect(String app) throws InterruptedException {
    while (true) {
      try {
        Connection connection = Nats.connect(options(app));
        Runtime.getRuntime().addShutdownHook(new Thread(() -> drain(connection)));
        LOGGER.log(System.Logger.Level.INFO, "connected to NATS");
        return connection;
      } catch (IOException | GeneralSecurityException | RuntimeException error) {
        warn("cannot connect to NATS, trying again: " + error.getMessage());
        Thread.sleep(RETRY.toMillis() + ThreadLocalRandom.current().nextLong(1000));
      }
    }
  }

  private static Options options(String app) throws IOException, GeneralSecurityException {
    Options.Builder builder =
        new Options.Builder()
            .servers(setting("NATS_URL", "nats://127.0.0.1:4222").split("\\s*,\\s*"))
            .connectionName(app + "@" + setting("HOSTNAME", "local"))
            .maxReconnects(-1)
            .reconnectWait(RETRY)
            .reconnectJitter(Duration.ofSeconds(1))
            .reconnectJitterTls(Duration.ofSeconds(1))
            .pingInterval(Duration.ofSeconds(20))
            .connectionListener(new Listener())
            .errorListener(new Listener());
    if (!setting("NATS_CREDENTIALS", "").isEmpty()
        || !setting("NATS_CREDENTIALS_FILE", "").isEmpty()) {
      builder.authHandler(new Login());
    }
    String caFile = setting("NATS_CA_FILE", "");
    if (!caFile.isEmpty()) {
      builder.sslContext(trusting(Path.of(caFile))); // a server without TLS is an error now
    }
    return builder.build();
  }

  private static void drain(Connection connection) {
    isStopping = true;
    if (connection.getStatus() != Connection.Status.CONNECTED) {
      return; // without a server there is nothing to wait for, and jnats would wait
    }
    try {
      connection.drain(DRAIN).get(DRAIN.toSeconds(), TimeUnit.SECONDS);
    } catch (InterruptedException | ExecutionException | TimeoutException error) {
      warn("not drained: " + error);
    }
  }

  private static SSLContext trusting(Path caFile) throws IOException, GeneralSecurityException {
    KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
    store.load(null, null);
    try (InputStream pem = Files.newInputStream(caFile)) {
      int number = 0;
      for (Certificate each : CertificateFactory.getInstance("X.509").generateCertificates(pem)) {
        store.setCertificateEntry("ca-" + number++, each);
      }
    }
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(store);
    var inner = (X509ExtendedTrustManager) factory.getTrustManagers()[0];
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, new TrustManager[] {new HostCheckingTrust(inner)}, null);
    return context;
  }

  private static String setting(String name, String fallback) {
    String value = System.getenv().getOrDefault(name, "").strip();
    return value.isEmpty() ? fallback : value;
  }

  private static void warn(String message) {
    LOGGER.log(System.Logger.Level.WARNING, message);
  }

  /** Logs in with what is there now, because the platform may have renewed it. */
  private static final class Login implements AuthHandler {
    @Override
    public byte[] sign(byte[] nonce) {
      NKey key = key();
      try {
        return key.sign(nonce);
      } catch (IOException | GeneralSecurityException error) {
        throw new IllegalStateException("the seed of the credentials cannot sign", error);
      } finally {
        key.clear();
      }
    }

    @Override
    public char[] getID() {
      NKey key = key();
      try {
        return key.getPublicKey();
      } catch (IOException | GeneralSecurityException error) {
        throw new IllegalStateException("the seed of the credentials is not valid", error);
      } finally {
        key.clear();
      }
    }

    @Override
    public char[] getJWT() {
      String jwt = block("NATS USER JWT");
      String claims = new String(Base64.getUrlDecoder().decode(jwt.split("\\.")[1]));
      Matcher expiry = Pattern.compile("\"exp\":(\\d+)").matcher(claims);
      if (expiry.find()) {
        Instant end = Instant.ofEpochSecond(Long.parseLong(expiry.group(1)));
        if (end.isBefore(Instant.now())) {
          throw new IllegalStateException("the credentials expired at " + end);
        }
      }
      return jwt.toCharArray();
    }

    private static NKey key() {
      return NKey.fromSeed(block("USER NKEY SEED").toCharArray());
    }

    private static String block(String title) {
      Matcher found = Pattern.compile("BEGIN " + title + "-+\\s+(\\S+)").matcher(text());
      if (!found.find()) {
        throw new IllegalStateException("the credentials have no " + title);
      }
      return found.group(1);
    }

    private static String text() {
      String content = setting("NATS_CREDENTIALS", "");
      if (!content.isEmpty()) {
        return content;
      }
      try {
        Path path = Path.of(setting("NATS_CREDENTIALS_FILE", ""));
        return Files.readString(path, StandardCharsets.UTF_8);
      } catch (IOException error) {
        throw new UncheckedIOException(error);
      }
    }
  }

  /** jnats does not compare the host with the certificate; with this, the Java runtime does. */
  private static final class HostCheckingTrust extends X509ExtendedTrustManager {
    private final X509ExtendedTrustManager inner;

    HostCheckingTrust(X509ExtendedTrustManager inner) {
      this.inner = inner;
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
        throws CertificateException {
      if (!(socket instanceof SSLSocket tls)) {
        throw new CertificateException("the host cannot be checked");
      }
      var parameters = tls.getSSLParameters();
      parameters.setEndpointIdentificationAlgorithm("HTTPS");
      tls.setSSLParameters(parameters);
      inner.checkServerTrusted(chain, authType, socket);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
        throws CertificateException {
      var parameters = engine.getSSLParameters();
      parameters.setEndpointIdentificationAlgorithm("HTTPS");
      engine.setSSLParameters(parameters);
      inner.checkServerTrusted(chain, authType, engine);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType)
        throws CertificateException {
      throw new CertificateException("the host cannot be checked");
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
        throws CertificateException {
      inner.checkClientTrusted(chain, authType, socket);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
        throws CertificateException {
      inner.checkClientTrusted(chain, authType, engine);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType)
        throws CertificateException {
      inner.checkClientTrusted(chain, authType);
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return inner.getAcceptedIssuers();
    }
  }

  private static final class Listener implements ConnectionListener, ErrorListener {
    private static volatile boolean wasConnected;

    @Override
    @SuppressWarnings("deprecation") // the method that the interface asks for
    public void connectionEvent(Connection connection, Events event) {
      switch (event) {
        case CONNECTED -> wasConnected = true;
        case DISCONNECTED -> warn("disconnected from NATS");
        case RECONNECTED -> warn("reconnected to NATS; what was published meanwhile was missed");
        case CLOSED -> {
          if (wasConnected && !isStopping) {
            warn("the NATS connection was closed for good: " + connection.getLastError());
            // jnats gives up when a login is refused twice in a row, and has no option against it:
            // https://github.com/nats-io/nats-architecture-and-design/issues/170
            System.exit(1);
          }
        }
        default -> {}
      }
    }

    @Override
    public void errorOccurred(Connection connection, String error) {
      warn("NATS: " + error);
    }

    @Override
    public void exceptionOccurred(Connection connection, Exception error) {
      Throwable cause = error;
      while (cause.getCause() != null) {
        cause = cause.getCause();
      }
      warn("NATS: " + cause);
    }

    @Override
    public void slowConsumerDetected(Connection connection, Consumer consumer) {
      warn("NATS: messages arrive faster than they are handled");
    }
  }
}
