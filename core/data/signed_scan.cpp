// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/signed_scan.h"

namespace dispersa {
namespace {

class SignedScan final : public DiffractionScan {
  public:
    SignedScan(ScanPtr base, ElementType type) : m_base(std::move(base)), m_type(type) {}

    ScanShape scanShape() const override { return m_base->scanShape(); }
    PatternShape patternShape() const override { return m_base->patternShape(); }
    ElementType elementType() const override { return m_type; }
    const std::filesystem::path& file() const override { return m_base->file(); }
    const std::string& dataset() const override { return m_base->dataset(); }
    const Calibration& calibration() const override { return m_base->calibration(); }
    std::int64_t availablePatterns() const override { return m_base->availablePatterns(); }
    bool isAvailable(ScanPoint point) const override { return m_base->isAvailable(point); }
    // The same bits mean another number: nothing to do but to say so.
    Result<void> readRaw(const Region& block, std::span<std::byte> out) const override
    {
        return m_base->readRaw(block, out);
    }
    Result<void> readWindow(const Region& block, const Region& window, std::span<std::byte> out) const override
    {
        return m_base->readWindow(block, window, out);
    }
    std::span<const std::byte> mappedPattern(ScanPoint point) const override { return m_base->mappedPattern(point); }
    ScanShape readGrain() const override { return m_base->readGrain(); }

  private:
    ScanPtr m_base;
    ElementType m_type;
};

} // namespace

std::optional<ElementType> signedType(ElementType type)
{
    switch (type) {
    case ElementType::UInt8:
        return ElementType::Int8;
    case ElementType::UInt16:
        return ElementType::Int16;
    case ElementType::UInt32:
        return ElementType::Int32;
    case ElementType::UInt64:
        return ElementType::Int64;
    default:
        return std::nullopt;
    }
}

Result<ScanPtr> withSign(ScanPtr scan)
{
    const auto type = signedType(scan->elementType());
    if (!type)
        return fail(ErrorCode::InvalidArgument,
                    "The values of '" + scan->file().string() + "' are " + elementTypeName(scan->elementType()) +
                        ": only unsigned integers can have lost their sign.",
                    scan->file(), {elementTypeName(scan->elementType())});
    return ScanPtr(std::make_shared<SignedScan>(std::move(scan), *type));
}

} // namespace dispersa
