#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# From a fresh Debian 12 to a running or tested Dispersa.
#   packaging/bootstrap.sh run [--full]   install what is missing, build, write the example study, open it
#   packaging/bootstrap.sh test           install what is missing, build, run every test, fuzz the readers briefly
# `run` without a display does the whole job headless and prints where maps and figures are. --full writes the example at
# the paper's size (110 x 45 patterns of 256 x 256 per scan, 4 GB, training for hours on two cores).
set -euo pipefail
cd "$(dirname "$0")/.."

packages=(build-essential cmake ninja-build ccache mold pkg-config
    qt6-base-dev qt6-svg-dev qt6-tools-dev qt6-tools-dev-tools qt6-l10n-tools libqcustomplot-dev
    libtorch-dev libopenblas0-pthread libhdf5-dev libopencv-core-dev libopencv-imgproc-dev libtiff-dev libpugixml-dev
    libdeflate-dev liblz4-dev libzstd-dev
    libexpected-dev nlohmann-json3-dev libcli11-dev libspdlog-dev
    xvfb xauth fonts-dejavu-core)
test_packages=(python3-numpy python3-h5py python3-mrcfile python3-tifffile python3-torch clang libclang-rt-14-dev)

install_missing() {
    local missing=() package
    for package in "$@"; do
        dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
    done
    [ ${#missing[@]} -eq 0 ] && return
    echo "Installing ${#missing[@]} packages: ${missing[*]}"
    local as_root=()
    if [ "$(id -u)" -ne 0 ]; then
        command -v sudo >/dev/null || { echo "Run this as root, or install sudo." >&2; exit 1; }
        as_root=(sudo)
    fi
    "${as_root[@]}" apt-get update -qq
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
}

build() {
    cmake --preset "$1" >/dev/null
    cmake --build --preset "$1" --parallel "$(nproc)"
}

run_example() {
    local size=(--rows 66 --cols 32 --pixels 96) name=example
    if [ "${1:-}" = "--full" ]; then
        size=() name=example-full
    elif [ $# -gt 0 ]; then
        echo "Unknown option '$1'. Usage: packaging/bootstrap.sh run [--full]" >&2
        exit 2
    fi
    local folder="${DISPERSA_EXAMPLE:-$HOME/dispersa-$name}"
    local bin=build/release/bin
    [ -e "$folder/example.dispersa" ] || "$bin/dispersa-cli" example "$folder" "${size[@]}"
    if [ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ]; then
        exec "$bin/dispersa" "$folder/example.dispersa"
    fi
    echo "There is no display: doing the whole job here."
    "$bin/dispersa-cli" run "$folder/example.dispersa" --out "$folder/run"
    echo "Maps:    $folder/run/maps"
    echo "Figures: $folder/run/figures"
    echo "Scores:  $folder/run/metrics.csv"
}

case "${1:-}" in
run)
    install_missing "${packages[@]}"
    build release
    shift
    run_example "$@"
    ;;
test)
    install_missing "${packages[@]}" "${test_packages[@]}"
    build ci
    ctest --preset ci --parallel "$(nproc)"
    # A short run of the fuzz targets of the readers; `tests/fuzz/run_fuzzers.sh 600` runs each for ten minutes.
    tests/fuzz/run_fuzzers.sh 5
    ;;
*)
    echo "Usage: packaging/bootstrap.sh run [--full] | test" >&2
    exit 2
    ;;
esac
