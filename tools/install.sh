# Sourced by run and check: installs what is missing, and says so. Asks the network only when something is.
#   install_packages NAME…    Debian packages, with apt, as root or with sudo
#   install_node_modules      the browser tests' modules, with npm, from package-lock.json

# What building and using guichet takes.
packages_to_build="g++ cmake ninja-build ccache pkg-config gettext tzdata libboost1.81-dev libboost-json1.81-dev
  libexpat1-dev zlib1g-dev libdeflate-dev libfmt-dev libtomlplusplus-dev libhowardhinnant-date-dev libcli11-dev libgtest-dev
  libsqlite3-dev libsodium-dev libssl-dev libcurl4-openssl-dev libgmime-3.0-dev libqrencode-dev
  libcairo2-dev libpango1.0-dev fonts-dejavu-core"
# What checking it takes besides: the second compiler, the formatter, the browser, mail and name servers.
packages_to_check="git python3 clang-19 clang-tidy-19 clang-format-19 libclang-rt-19-dev llvm-19 chromium libxml2-utils
  dovecot-imapd dovecot-submissiond opensmtpd dnsmasq-base openssl poppler-utils qpdf unzip
  lld-19 wasi-libc libc++-19-dev-wasm32 libc++abi-19-dev-wasm32 libclang-rt-19-dev-wasm32"

install_packages() {
  missing=""
  for package in "$@"; do
    dpkg-query -W -f '${db:Status-Status}\n' "$package" 2>/dev/null | grep -qx installed || missing="$missing $package"
  done
  [ -n "$missing" ] || return 0
  echo "Installing with apt:$missing"
  if [ "$(id -u)" = 0 ]; then
    as_root="env DEBIAN_FRONTEND=noninteractive"
  elif command -v sudo >/dev/null; then
    as_root="sudo env DEBIAN_FRONTEND=noninteractive"
  else
    echo "These packages are missing and neither root nor sudo is at hand. Install them, then run this again:" >&2
    echo "  apt-get install --no-install-recommends$missing" >&2
    return 1
  fi
  $as_root apt-get update -q
  # shellcheck disable=SC2086  # a list of words
  $as_root apt-get install -y -q --no-install-recommends $missing
}

install_node_modules() {
  command -v node >/dev/null || install_packages nodejs
  cmp -s package-lock.json node_modules/.installed-from 2>/dev/null && return 0
  command -v npm >/dev/null || install_packages npm
  echo "Installing with npm: $(grep -c '"node_modules/' package-lock.json) modules of package-lock.json"
  npm ci --no-audit --no-fund --ignore-scripts </dev/null
  cp package-lock.json node_modules/.installed-from
}
