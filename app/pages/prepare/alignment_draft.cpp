// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/pages/prepare/alignment_draft.h"

#include "app/document/study_document.h"
#include "app/tasks/message_log.h"
#include "app/tasks/task_runner.h"
#include "core/workflow/map_alignment.h"

#include <algorithm>
#include <utility>

namespace dispersa {
namespace {

/// Scans up to this size are read as soon as somebody looks.
constexpr std::int64_t readUnasked_bytes = std::int64_t(2) << 30;

bool canBeAligned(const StudyScan& scan)
{
    return scan.diffraction && !scan.maps.empty();
}

} // namespace

AlignmentDraft::AlignmentDraft(PageContext context, QObject* parent) : QObject(parent), m_context(context)
{
    connect(&context.document, &StudyDocument::changed, this, &AlignmentDraft::refresh);
    connect(&context.document, &StudyDocument::currentScanChanged, this, &AlignmentDraft::refresh);
    connect(&context.document, &StudyDocument::scanOpened, this, &AlignmentDraft::refresh);
    refresh();
}

void AlignmentDraft::setActive(bool active)
{
    m_active = active;
    load();
}

std::optional<MapFromScan> AlignmentDraft::stored() const
{
    const StudyScan* entry = m_context.document.study().scan(m_scanName);
    return entry ? entry->mapFromScan : std::nullopt;
}

void AlignmentDraft::refresh()
{
    const StudyDocument& document = m_context.document;
    if (document.currentScan() != m_scanName) {
        stop();
        m_scanName = document.currentScan();
        m_scan.reset();
        m_map.reset();
        m_found.reset();
        m_inverted = false;
        m_findsScale.reset();
        m_failed = false;
        m_stored = stored();
        m_value = m_stored.value_or(MapFromScan());
    } else if (const auto now = stored(); now != m_stored) { // accepted, undone or edited elsewhere
        m_stored = now;
        if (m_value != now.value_or(MapFromScan())) {
            m_value = now.value_or(MapFromScan());
            m_found.reset();
        }
    }
    // While a scan opens again, what is shown of it stays.
    if (const OpenedScanPtr opened = document.opened(m_scanName); opened && opened != m_scan) {
        if (m_scan &&
            (m_scan->entry.maps != opened->entry.maps || m_scan->entry.diffraction != opened->entry.diffraction)) {
            m_map.reset();
            m_failed = false;
        }
        m_scan = opened;
    } else if (document.openError(m_scanName)) {
        m_scan.reset();
    }
    const std::vector<std::string> all = quantities();
    if (std::find(all.begin(), all.end(), m_quantity) == all.end()) {
        const bool haadf = std::find(all.begin(), all.end(), "HAADF") != all.end();
        m_quantity = haadf ? "HAADF" : all.empty() ? std::string() : all.front();
        m_map.reset();
    }
    load();
    Q_EMIT changed();
}

std::vector<std::string> AlignmentDraft::quantities() const
{
    std::vector<std::string> names;
    if (m_scan)
        for (const MapSource& map : m_scan->entry.maps)
            names.push_back(map.quantity);
    return names;
}

void AlignmentDraft::setQuantity(const std::string& quantity)
{
    if (quantity == m_quantity)
        return;
    stop();
    m_quantity = quantity;
    m_map.reset();
    m_found.reset();
    m_inverted = false;
    m_failed = false;
    load();
    Q_EMIT changed();
}

MapPtr AlignmentDraft::virtualImage() const
{
    const auto cached = m_images.find(m_scanName);
    const bool same = cached != m_images.end() && m_scan && m_scan->entry.diffraction &&
                      cached->second.source == *m_scan->entry.diffraction;
    return same ? cached->second.image : nullptr;
}

MapPtr AlignmentDraft::recordedMap() const
{
    return m_map;
}

bool AlignmentDraft::mustBeAsked() const
{
    if (!m_scan || !m_scan->diffraction || virtualImage() || isBusy())
        return false;
    const DiffractionScan& scan = *m_scan->diffraction;
    return m_failed ||
           scan.availablePatterns() * scan.patternShape().count() * std::int64_t(elementSize(scan.elementType())) >
               readUnasked_bytes;
}

void AlignmentDraft::setValue(const MapFromScan& value)
{
    if (value == m_value || !(value.scale > 0))
        return;
    m_value = value;
    m_found.reset();
    Q_EMIT changed();
}

bool AlignmentDraft::findsScale() const
{
    const MapPtr image = virtualImage();
    return m_findsScale.value_or(image && m_map && sizesHintAtScale(*image, *m_map));
}

bool AlignmentDraft::isNeeded() const
{
    return m_scan && m_scan->obstacle && isMendedByAlignment(*m_scan->obstacle);
}

bool AlignmentDraft::isStored() const
{
    return stored().has_value();
}

bool AlignmentDraft::differsFromStudy() const
{
    const auto there = stored();
    return there ? *there != m_value : m_value != MapFromScan() || isNeeded();
}

bool AlignmentDraft::canAlign() const
{
    return m_scan && m_scan->diffraction && !m_quantity.empty();
}

int AlignmentDraft::alignableScans() const
{
    const auto& scans = m_context.document.study().scans;
    return int(std::count_if(scans.begin(), scans.end(), canBeAligned));
}

void AlignmentDraft::load()
{
    const bool complete = virtualImage() && m_map;
    if (m_active && canAlign() && !complete && !isBusy() && !mustBeAsked() && !m_failed)
        start(false);
}

void AlignmentDraft::estimate()
{
    if (!canAlign())
        return;
    stop();
    start(true);
    Q_EMIT changed();
}

void AlignmentDraft::start(bool estimates)
{
    AlignmentOptions options;
    options.map = m_quantity;
    if (m_findsScale)
        options.findScale = *m_findsScale;
    const QString name = QString::fromStdString(m_scanName);
    const int ticket = ++m_ticket;
    // In the lane of opening files: it reads one, and must not wait until a training ends.
    m_task = m_context.tasks.start<Work>(
        TaskLane::Io, estimates ? tr("Aligning %1").arg(name) : tr("Virtual HAADF of %1").arg(name), this,
        [scan = m_scan, image = virtualImage(), map = m_map, options, estimates](const ProgressSink& sink,
                                                                                 std::stop_token stop) -> Result<Work> {
            Work work{image, map, {}};
            if (!work.map) {
                auto read = dispersa::recordedMap(*scan, options.map);
                if (!read)
                    return fail(read.error());
                work.map = *read;
            }
            if (!work.image) {
                auto computed = virtualHaadf(*scan, options, sink, stop);
                if (!computed)
                    return fail(computed.error());
                work.image = *computed;
            }
            if (estimates) {
                auto found = estimateAlignment(*work.image, *work.map, options, sink, stop);
                if (!found)
                    return fail(found.error());
                work.found = *found;
            }
            return work;
        },
        [this, scan = m_scanName, source = *m_scan->entry.diffraction, ticket](const Result<Work>& work) {
            done(scan, source, ticket, work);
        });
}

void AlignmentDraft::done(const std::string& name, const DiffractionSource& source, int ticket,
                          const Result<Work>& work)
{
    if (work)
        m_images[name] = {source, work->image};
    if (ticket != m_ticket)
        return; // for another scan, map or estimate by now
    m_task = 0;
    if (work) {
        m_map = work->map;
        m_failed = false;
        if (work->found) {
            m_value = mapFromScanOf(*work->found);
            m_found = work->found;
            m_inverted = m_found->isInverted();
        }
    } else {
        m_failed = true;
        m_context.messages.addError(work.error(), QString::fromStdString(name));
    }
    Q_EMIT changed();
}

void AlignmentDraft::stop()
{
    if (m_task == 0)
        return;
    ++m_ticket; // its outcome does not count any more
    m_context.tasks.requestStop(std::exchange(m_task, 0));
    m_failed = true;
    Q_EMIT changed();
}

void AlignmentDraft::accept(bool allScans)
{
    m_context.document.edit(tr("Alignment of the maps"), StudyPart::Scans, [this, allScans](Study& study) {
        for (StudyScan& scan : study.scans)
            if (scan.name == m_scanName || (allScans && canBeAligned(scan)))
                scan.mapFromScan = m_value;
    });
}

void AlignmentDraft::reset()
{
    m_value = stored().value_or(MapFromScan());
    m_found.reset();
    Q_EMIT changed();
}

void AlignmentDraft::remove()
{
    m_context.document.edit(tr("Remove the alignment"), StudyPart::Scans, [this](Study& study) {
        for (StudyScan& scan : study.scans)
            if (scan.name == m_scanName)
                scan.mapFromScan.reset();
    });
}

} // namespace dispersa
