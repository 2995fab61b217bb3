/** CreateTags, DeleteTags, DescribeTags. */
import type {
  CreateTagsRequest,
  DeleteTagsRequest,
  DescribeTagsRequest,
  DescribeTagsResult,
  ResourceType,
  Tag,
} from '@aws-sdk/client-ec2';
import type { Tags } from '#vpc/tags.ts';
import { type Listing, list, usualBounds } from '../../listing.ts';
import type { Context, Operation, OperationTable } from '../../operation.ts';
import { refuse } from '../../refusal.ts';
import { checkShownTags } from '../instances/shown-tags.ts';
import { allTagged, findTaggable, type Taggable, taggableOf } from './taggable.ts';
import { withoutTags, withTags } from './tags.ts';

const createTags: Operation<CreateTagsRequest, Record<string, never>> = (input, context) => {
  retag(input.Resources, context, ({ id, tags }) => withTags(tags, input.Tags, { id }, context));
  return {};
};

const deleteTags: Operation<DeleteTagsRequest, Record<string, never>> = (input, context) => {
  const given: readonly Tag[] | undefined = input.Tags;
  retag(input.Resources, context, ({ tags }) => withoutTags(tags, given));
  return {};
};

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateTags.html, and the same of DeleteTags. */
const resourcesMax = 1000;

function retag(ids: readonly string[], context: Context, next: (resource: Taggable) => Tags): void {
  if (ids.length > resourcesMax) {
    const expected = `name at most ${resourcesMax} resources in a request`;
    refuse('invalidValue', { parameter: 'ResourceId', value: `${ids.length} ids`, expected });
  }
  const found = [...new Set(ids)].map((id) => taggableOf(id, context));
  const changes = found.map((resource) => ({ id: resource.id, tags: next(resource) }));
  // Found again, since two rules of one group change the same group.
  for (const { id, tags } of changes) {
    taggableOf(id, context).put(tags);
    const instance = context.transaction.network.instance.get(id);
    if (instance) checkShownTags(instance);
  }
}

type TagRow = { readonly resource: Taggable; readonly key: string; readonly value: string };

const rowsOf = (resource: Taggable): readonly TagRow[] =>
  Object.entries(resource.tags).map(([key, value]) => ({ resource, key, value }));

const tagRows: Listing<TagRow> = {
  action: 'DescribeTags',
  bounds: usualBounds,
  fields: {
    key: ({ key }) => key,
    'resource-id': ({ resource }) => resource.id,
    'resource-type': ({ resource }) => resource.type,
    value: ({ value }) => value,
  },
  tagsOf: ({ key, value }) => ({ [key]: value }),
  idOf: ({ resource, key }) => `${resource.id} ${key}`,
  *all(context) {
    for (const resource of allTagged(context)) yield* rowsOf(resource);
  },
  byId: (id) => {
    throw new Error(`tags have no ids: ${id}`);
  },
  lookups: {
    'resource-id': (id, context) => {
      const resource = findTaggable(id, context);
      return resource ? rowsOf(resource) : [];
    },
  },
};

const describeTags: Operation<DescribeTagsRequest, DescribeTagsResult> = (input, context) => {
  const page = list(tagRows, input, context);
  return {
    Tags: page.items.map(({ resource, key, value }) => ({
      Key: key,
      ResourceId: resource.id,
      ResourceType: resource.type as ResourceType,
      Value: value,
    })),
    NextToken: page.nextToken,
  };
};

export const tagOperations = {
  CreateTags: { changes: true, run: createTags },
  DeleteTags: { changes: true, run: deleteTags },
  DescribeTags: { changes: false, run: describeTags },
} satisfies OperationTable;
