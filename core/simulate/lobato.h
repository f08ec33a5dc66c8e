// SPDX-License-Identifier: GPL-3.0-or-later
// Electron scattering factors of the elements the example study needs.
#pragma once

#include <optional>
#include <string_view>

namespace dispersa::simulate {

/// f(q) in A for q = 1/d in 1/A, of O, Si, Ge, Sb, Te or Au; nullopt for any other symbol.
/// Lobato & Van Dyck, Acta Cryst. A 70 (2014) 636: f = sum a (2 + b q^2) / (1 + b q^2)^2.
std::optional<double> scatteringFactor_A(std::string_view symbol, double q_invA);

} // namespace dispersa::simulate
